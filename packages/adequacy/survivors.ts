/** Mutants that nothing notices, and why that is as it should be. */
export interface Excused {
  readonly because: string;
  /** Places, as {@link Mutant} names them. */
  readonly mutants: readonly string[];
}

export const survivors: readonly Excused[] = [
  {
    because: 'What is asked once for a group is the same each time',
    mutants: ['kernel/once-per-group.ts oncePerGroup: skips known.set(cells, one)'],
  },
  {
    because:
      'A script looks for the link before it unbinds; without the look the unbind finds no driver, or waits for who is at the device and then takes that: a round less, and the same end',
    mutants: [
      'kernel/device-lock.ts isLinked.run: without cells.get(driver) !== undefined in cells.get(driver) !== undefined && !cells.get(lock)',
      'kernel/device-lock.ts isLinked.run: without !cells.get(lock) in cells.get(driver) !== undefined && !cells.get(lock)',
      'kernel/driver-core.ts unbindIfLinked: always if (yield* isLinked(kernel, device))',
    ],
  },
  {
    because:
      "An operation begins with its first step, and only where it can be attempted (core/src/system.ts, possible): the kernel's look at that moment never says no",
    mutants: [
      'kernel/device-lock.ts lockToRelease.run: always if (bound)',
      'kernel/driver-core.ts unbind: no if (driver === undefined)',
      "kernel/hotplug.ts killDevice.run: without cells.get(presence) !== 'there' in cells.get(lock) || cells.get(presence) !== 'there'",
      "kernel/reset.ts prepare.run: no if (cells.get(presence) !== 'there')",
      'kernel/vfio/container.ts detachIommu.check: always OK, not only if cells.get(attached)',
      'kernel/vfio/container.ts detachIommu: no if (ready !== OK)',
      'kernel/vfio/container.ts setIommu.check: always OK, not only if cells.get(container) === user.name && !cells.get(attached)',
      'kernel/vfio/container.ts setIommu.check: without !cells.get(attached) in cells.get(container) === user.name && !cells.get(attached)',
      'kernel/vfio/container.ts setIommu.check: without cells.get(container) === user.name in cells.get(container) === user.name && !cells.get(attached)',
      'kernel/vfio/container.ts setIommu: no if (ready !== OK)',
      'kernel/vfio/container.ts unsetContainer.check: no if (cells.get(container) !== user.name)',
    ],
  },
  {
    because:
      'A device without a group is no member, never has a VFIO driver that runs, and never a file that is open; each of these says so by itself',
    mutants: [
      'kernel/direct-claim.ts claimDirectly: without group === undefined in group === undefined || !(yield* isMember(kernel, device))',
      'kernel/direct-claim.ts releaseDirectly: without group === undefined in group === undefined || !(yield* isMember(kernel, device))',
      'kernel/iommufd.ts withOthers: no if (!claim)',
      'kernel/ownership.ts sectionOf.sectionAt.run: without group !== undefined in group !== undefined && (!member || cells.get(member))',
      'kernel/refinement.ts see: without device.group !== undefined in device.group !== undefined && cells.get(kernel.layout.device(device.name).member) && cell…',
      'kernel/reset.ts done.run: without group in group && cells.get(recovering)',
      'kernel/vfio/device-file.ts closeDeviceFile.file: never undefined, even if group === undefined',
      "kernel/vfio/device-file.ts closeDeviceFile.run: without !file in !file || cells.get(file) !== 'pinned' || others.some((one) => cells.get(one))",
      'kernel/vfio/device-file.ts closeDeviceFile: without group !== undefined in last && group !== undefined',
      'kernel/vfio/registration.ts unregisterFromVfio.of: never undefined, even if group === undefined',
      "kernel/vfio/registration.ts unregisterFromVfio.run.left: without of in of && lastDevice !== 'leaves'",
      'kernel/vfio/registration.ts unregisterFromVfio.run: without of in of && cells.get(of.vfioLock)',
      'kernel/vfio/registration.ts unregisterFromVfio: never [], even if group === undefined',
      'kernel/vfio/registration.ts unregisterFromVfio: without group !== undefined in thrownOut && group !== undefined',
    ],
  },
  {
    because:
      'A driver that manages DMA itself has no domain of its own (core/src/machine.ts): the first look is for the type checker',
    mutants: [
      'kernel/driver-core.ts probe: without !driver.managesDma in !driver.managesDma && driver.ownDomain',
      'kernel/driver-core.ts probe: without !driver.managesDma in !driver.managesDma && driver.ownDomain (2)',
      'kernel/driver-core.ts remove: without !driver.managesDma in !driver.managesDma && driver.ownDomain',
    ],
  },
  {
    because: 'Every kernel with iommufd claims and releases',
    mutants: [
      'kernel/iommufd.ts bindIommufd: always (also) => own.claim!(claim, also), not only if own.claim',
      'kernel/iommufd.ts unbindIommufd: always (also) => release(claim, also), not only if release',
    ],
  },
  {
    because: 'What was never granted is never given back: the marks of the user side say so before',
    mutants: [
      'kernel/direct-claim.ts giveBack: without !release in !claimed || !release',
      "strategies/counted-owner.ts countedOwner.release: without view.owner === 'none' in view.ownerCount === 0 || view.owner === 'none' || view.pasids",
      'strategies/typed-owner.ts typedOwner.release: no if (view.owner !== ownedBy(user.name))',
    ],
  },
  {
    because: 'Closing what is not open, and detaching what is not attached, changes nothing',
    mutants: [
      'kernel/death.ts loseDevice: always if (isOpen)',
      'kernel/death.ts loseGroup: always if (isOpen)',
      'kernel/iommufd.ts unbindIommufd: always if (isAttached)',
    ],
  },
  {
    because: "The judge's own books, kept for P17 and P2: with them wrong no kernel behaves otherwise",
    mutants: [
      'kernel/driver-core.ts setRunning.run: without cells.get(member) in now && cells.get(member) && !cells.get(ready)',
      'kernel/driver-core.ts setRunning.run: without now in now && !driver.managesDma',
      'kernel/driver-core.ts setRunning.run: without now in now && cells.get(member) && !cells.get(ready)',
      "kernel/driver-core.ts setRunning: without kernel.machine.iommu === 'later' in kernel.machine.iommu === 'later' && !driver.managesDma && ready !== undefined",
    ],
  },
  {
    because: 'The two exits differ in what they note; there is no dma_cleanup where the first one is taken',
    mutants: [
      "kernel/driver-core.ts reallyProbe: never probeFailed(error), even if configureFailsTo === 'probe_failed'",
    ],
  },
  {
    because:
      'Every bus that comes along looks up its own node and id; one that looks elsewhere is in explorer/test/buses-agree.test.ts',
    mutants: [
      'kernel/firmware.ts configureFirmware: without String(lookup.id) === String(own.id) in lookup && own && lookup.node === own.node && String(lookup.id) === String(own.id)',
      'kernel/firmware.ts configureFirmware: without lookup in lookup && own && lookup.node === own.node && String(lookup.id) === String(own.id)',
      'kernel/firmware.ts configureFirmware: without lookup.node === own.node in lookup && own && lookup.node === own.node && String(lookup.id) === String(own.id)',
      'kernel/firmware.ts configureFirmware: without own in lookup && own && lookup.node === own.node && String(lookup.id) === String(own.id)',
    ],
  },
  {
    because: 'Only a strategy that goes through a third domain strays; one is in explorer/test/principles.test.ts (P8)',
    mutants: ["kernel/group.ts openGroup: skips cells.emit({ kind: 'strayed', device, domain: to })"],
  },
  {
    because:
      'Only a verb without a section, after one with a section that refuses, would be held to that; one is in core/test/contract.test.ts',
    mutants: ['kernel/ownership.ts checkedOwnership.along: skips delete sections.decided'],
  },
  {
    because: 'setDomainNofail returns OK in any case, and the warning is all that is lost',
    mutants: ['kernel/group.ts setDomain: always OK, not only if stop < 0'],
  },
  {
    because: 'domain-compare alone claims nothing, and is of a time when VFIO claimed made-up groups as any other',
    mutants: [
      "kernel/ownership.ts vfioOwnership: without own.claim in own.claim && !claims && { claim: past('vfio_group_set_container') }",
      "kernel/ownership.ts vfioOwnership: without own.release in own.release && !claims && { release: past('__vfio_group_unset_container') }",
    ],
  },
  {
    because: 'Without a judge there is nothing to restrict: it saves time',
    mutants: ['kernel/refinement.ts refine: no if (judges.length === 0)'],
  },
  {
    because: 'No bus that comes along has a refinement that defers, or one that names what is no device',
    mutants: [
      'kernel/refinement.ts isDevices: without Array.isArray(value) in Array.isArray(value) && value.every((one) => typeof (one as Device | undefined)?.name ===…',
      "kernel/refinement.ts isDevices: without value.every((one) => typeof (one as Device | undefined)?.name === 'string') in Array.isArray(value) && value.every((one) => typeof (one as Device | undefined)?.name ===…",
      'kernel/refinement.ts refine.verdictOf: without verdict === EPROBE_DEFER in verdict === EBUSY || verdict === EPROBE_DEFER',
    ],
  },
  {
    because: 'No section of a strategy waits',
    mutants: ['kernel/refinement.ts restricted.run: no if (outcome === WAIT)'],
  },
  {
    because: 'There, every device joins when it is added (core/src/system.ts, joiningWhenAdded)',
    mutants: [
      "kernel/registration.ts registerIommu: without !walkCallsHooks in !walkCallsHooks && device.joins === 'at first bind'",
    ],
  },
  {
    because:
      'Tests say it step by step (museum-mechanisms.test.ts); no scenario asks who is a member, or opens, right then',
    mutants: [
      'kernel/device-lock.ts write.run: skips cells.set(unbinding, false)',
      'kernel/registration.ts initDevice.run: no if (cells.get(driver) !== undefined)',
      "kernel/registration.ts initDevice.run: always 'no IOMMU', not only if isTold",
      "kernel/registration.ts initDevice.run: never 'no IOMMU', even if isTold",
    ],
  },
  {
    because: 'A hook that is called once more says the same again; and a member joins no second time',
    mutants: [
      "kernel/registration.ts isFound: always if (found === 'ask firmware')",
      'kernel/registration.ts initDevice.run: no if (cells.get(member))',
    ],
  },
  {
    because: 'A device that is being removed makes a second removal wait by itself',
    mutants: ['kernel/hotplug.ts killDevice: without one !== device in one !== device && one.bus === device.bus'],
  },
  {
    because: 'Blocks what is blocked',
    mutants: [
      "kernel/reset.ts done.run: without domain !== 'blocking' in domain !== 'none' && domain !== 'blocking'",
      "kernel/reset.ts prepare.run: always if (cells.get(group.domain) !== 'blocking')",
    ],
  },
  {
    because: 'Its own file is closed, its own driver gone, by then',
    mutants: [
      'kernel/vfio/device-file.ts closeDeviceFile: no filter((one) => one !== device)',
      'strategies/sibling-scan.ts ownership.unuse: no filter((member) => member.device !== device)',
    ],
  },
  {
    because:
      "A user's domain is attached only while the group is in his container; while he leaves it, VFIO's lock is held",
    mutants: [
      'kernel/vfio/device-file.ts getDeviceFile.run.hasContainer: without cells.get(container) === user.name in cells.get(container) === user.name && cells.get(attached)',
    ],
  },
  {
    because: 'A VFIO driver registers members only, and a device leaves its group after its driver',
    mutants: [
      'kernel/vfio/device-file.ts getDeviceFile.run: without !cells.get(member) in left || !isVfioDevice(kernel, cells, device) || !cells.get(member)',
    ],
  },
  {
    because: "A group's file is left over only when no device of the group is open any more",
    mutants: [
      "kernel/vfio/group-file.ts closeGroupFile.run: without cells.get(file) === 'open' in cells.get(file) === 'open' && devices.some((open) => cells.get(open))",
    ],
  },
  {
    because: 'Devices are not looked at where nothing comes of it, so that there is less to tabulate',
    mutants: [
      'kernel/vfio/registration.ts unregisterFromVfio.run: without (left === undefined && open.length === 0) in (left === undefined && open.length === 0) || hasVfioDevice(kernel, cells, group!)',
    ],
  },
  {
    because: 'Asked by the replay of recordings only (traces/test/replay.test.ts)',
    mutants: [
      'kernel/vfio/group-file.ts hasGroupFile: no if (!kernel.strategy.surroundings.vfio.fileKeepsGroup)',
      'kernel/vfio/group-file.ts hasGroupFile: no if (hasVfioDevice(kernel, cells, group))',
      'kernel/vfio/group-file.ts hasGroupFile: without cells.get(kernel.layout.group(group).container) !== undefined in inUse || cells.get(kernel.layout.group(group).container) !== undefined',
      'kernel/vfio/group-file.ts hasGroupFile: without inUse in inUse || cells.get(kernel.layout.group(group).container) !== undefined',
      'kernel/vfio/group-file.ts groupStatus.viable: always currentMembers(kernel, cells, group).every((device) => isViable(kernel, cells, device)), not only if kernel.strategy.surroundings.vfio.scansSiblings',
      'kernel/vfio/group-file.ts groupStatus.viable: never currentMembers(kernel, cells, group).every((device) => isViable(kernel, cells, device)), even if kernel.strategy.surroundings.vfio.scansSiblings',
      'kernel/vfio/group-file.ts groupStatus.viable: without cells.get(ownerCount) === 0 in container || cells.get(ownerCount) === 0',
      'kernel/vfio/group-file.ts groupStatus.viable: without container in container || cells.get(ownerCount) === 0',
      "kernel/vfio/group-file.ts groupStatus: no if (cells.get(kernel.layout.session(user.name, group).file) === 'stale')",
    ],
  },
  {
    because:
      "A container's user has device files only while the group is in his container, or his file is open: both are in the way already",
    mutants: [
      "kernel/vfio/vfio-device.ts : always membersOf(kernel.machine, group).map((one) => kernel.layout.file(name, one.name).open), not only if through === 'iommufd'",
    ],
  },
  {
    because: "pasid_array is filled by the owner's attach and emptied by his detach, which comes before his release",
    mutants: [
      'strategies/counted-owner.ts countedOwner.attach: no if (view.pasids)',
      'strategies/counted-owner.ts countedOwner.claim: without view.pasids in isForeign(view) || view.pasids',
      "strategies/counted-owner.ts countedOwner.release: without view.pasids in view.ownerCount === 0 || view.owner === 'none' || view.pasids",
      "strategies/counted-owner.ts countedOwner.use: without group.pasids in !isDefault(group) || group.owner !== 'none' || group.pasids",
    ],
  },
  {
    because:
      "A claimed group is on its blocking domain, the user's, or one that a driver has put it on; never on the default one or on none",
    mutants: [
      "strategies/counted-owner.ts countedOwner.attach.attached: without isForeign(view) in isForeign(view) && view.domain !== 'blocking'",
    ],
  },
  {
    because: 'Without PASIDs, or for a container, it does what iommu_detach_group() does',
    mutants: [
      "strategies/counted-owner.ts countedOwner.detach: always section(claim.group, 'iommu_detach_group_handle', [OK], (view) => { view.pasids = false; …, not only if since.pasids && claim.device",
      'strategies/counted-owner.ts countedOwner.detach: without claim.device in since.pasids && claim.device',
      'strategies/counted-owner.ts countedOwner.detach: without since.pasids in since.pasids && claim.device',
    ],
  },
  {
    because: 'Who detaches owns: his release comes later',
    mutants: [
      "strategies/counted-owner.ts countedOwner.detach: never view.defaultDomain, even if view.owner === 'none'",
      "strategies/counted-owner.ts countedOwner.release: never if (since.owned === 'none' && view.domain !== 'none')",
      "strategies/typed-owner.ts typedOwner.release: always if (view.domain === 'none')",
    ],
  },
  {
    because: "A container's claim counts one",
    mutants: ['strategies/counted-owner.ts countedOwner.release: without device in device && view.ownerCount > 1'],
  },
  {
    because: 'A group that nobody owns has no domain only as long as it has no default one, which is then the same',
    mutants: [
      "strategies/counted-owner.ts isForeign: without group.domain !== 'none' in group.domain !== group.defaultDomain && group.domain !== 'none'",
      "strategies/sibling-scan.ts ownership.claim: without view.domain !== 'none' in view.domain !== 'none' && view.domain !== view.defaultDomain",
      "strategies/typed-owner.ts typedOwner.claim: without view.domain !== 'none' in view.ownerCount === 0 && view.domain !== 'none' && view.domain !== view.defaultDomain",
    ],
  },
  {
    because: 'Nothing is looked for that was not found when the last kernel driver left',
    mutants: ['strategies/sibling-scan.ts afterUnbind: without !driver.managesDma in configured && !driver.managesDma'],
  },
  {
    because: 'v1 counts every driver that can move the group, whatever its bus',
    mutants: ["strategies/typed-owner.ts typedOwner.claim: no if (draft.foreignDomain === 'refused')"],
  },
  {
    because: 'v7 asks while the device is in no group; where it is in one, no hook fails after the check',
    mutants: [
      'strategies/v7.ts configure: skips yield* own.unuse(device)',
      'strategies/v7.ts configure: without checks in configured !== OK && checks',
    ],
  },
];

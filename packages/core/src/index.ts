export * from './errno.ts';
export type { Cell, Cells, Happening } from './cell.ts';
export { OutOfRange } from './cell.ts';
export type { Atom, Program, Step } from './step.ts';
export { WAIT } from './step.ts';
export { InputError } from './input-error.ts';
export { blamed, PluginError } from './plugin-error.ts';
export * from './machine.ts';
export { compareVersions, contains } from './version.ts';

export type * from './contract/bus.ts';
export { defineBus } from './contract/define-bus.ts';
export * from './contract/hooks.ts';
export * from './contract/node.ts';
export * from './contract/upstream.ts';
export { device, groupDevices, vfioDriverOf } from './grouping.ts';
export { defineStrategy } from './contract/define-strategy.ts';
export type * from './contract/strategy.ts';
export type * from './contract/surroundings.ts';
export type { GroupView, Member } from './kernel/group.ts';
export type { Kernel } from './kernel/kernel.ts';
export type { Domain, Owner } from './kernel/layout.ts';

export { busesOf, profiles, type Profile } from './profiles.ts';
export * from './strategies/index.ts';
export * from './strategies/linux.ts';
export { countedOwner } from './strategies/counted-owner.ts';
export { groupDomain } from './strategies/group-domain.ts';
export { definePrinciple } from './principles/define-principle.ts';
export { principles } from './principles/index.ts';
export { outcomes, type Moment, type Outcome, type Principle } from './principles/principle.ts';
export { ghostFootprint, ghostsOf, type GroupGhosts } from './principles/ghosts.ts';

export { chargedWith, describeOperation, type Operation } from './operation.ts';
export { groupStatus, hasGroupFile } from './kernel/vfio/group-file.ts';
export { ANSWER, CALL, withCallsApart } from './calls-apart.ts';
export { observationOf, type Shown } from './observation.ts';
export { assemble, menuOf, type Clients, type Guard, type System } from './system.ts';
export { begin, replay, unfold, type Place, type Run, type Standing } from './unfold.ts';

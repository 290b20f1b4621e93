import type { Claim, Ownership, Section } from '../contract/strategy.ts';
import { isErrno, OK, refusals, type Errno } from '../errno.ts';
import { minding, mindingOwnership, notMinding } from '../minded.ts';
import type { Device } from '../machine.ts';
import { PluginError } from '../plugin-error.ts';
import { perform, replaceSteps, type Program } from '../step.ts';
import {
  alongside,
  ghostOfAttach,
  ghostOfClaim,
  ghostOfRelease,
  ghostOfUnuse,
  ghostOfUse,
  type Along,
} from './along.ts';
import { groupFootprint, groupWrites, openGroup, type GroupView } from './group.ts';
import type { Kernel } from './kernel.ts';
import { refineClaim, refineUse } from './refinement.ts';

/** The strategy's ownership with ghosts kept and refinements applied, each in the same step as the verb's section. */
export interface Checked extends Ownership {
  claim?(claim: Claim, along?: Along): Program<Errno>;
  release?(claim: Claim, along?: Along): Program<Errno>;
  attach(claim: Claim, along?: Along): Program<Errno>;
  detach(claim: Claim, along?: Along): Program<Errno>;
}

/**
 * `bus` is whose copy of the check is asked for: a strategy may have drifted per bus (`duplicated`). `asked` says what of
 * it is asked at all.
 */
function checkedOwnership(
  kernel: Kernel,
  bus: string,
  asked: (own: Ownership, section: Section) => Ownership = (own) => own,
): Checked {
  const sections: Sections = { unstarted: new Set() };
  const section = sectionOf(kernel, sections);
  const own = asked(mindingOwnership(kernel.strategy, section, bus), section);
  const along = (verb: string, program: Program<Errno>, ...all: readonly (Along | undefined)[]): Program<Errno> => {
    const broken = (what: string): PluginError =>
      new PluginError(`strategy '${kernel.strategy.name}', ${verb}: ${what}`);
    let met = 0;
    const checked = replaceSteps(program, (atom) => {
      if (++met > 1) throw broken(`a second section, ${atom.name}; every verb has one at most`);
      return all.reduce((so, one) => (one ? alongside(so, verb, one) : so), atom);
    });
    return (function* () {
      delete sections.decided;
      const result = yield* checked;
      if (sections.unstarted.size > 0) throw broken('made a section and never started it; write yield* before it');
      const { decided } = sections;
      if (decided === undefined && result === OK && verb !== 'use' && verb !== 'unuse')
        throw broken(`succeeded without a section, where it is kept who has the group; return section(...)`);
      if (decided === undefined && result !== OK)
        throw broken(`refused without a section, where it shows whether there was a cause; return section(...)`);
      if (decided === undefined || decided === result) return result;
      throw broken(
        `returned ${String(result)} where its section decided ${String(decided)}; return what the section returned`,
      );
    })();
  };
  const { claim, release } = own;
  const attachingOwns = claim === undefined;
  return {
    ...own,
    use: (device) => refineUse(kernel, device, along('use', own.use(device), ghostOfUse(kernel, device))),
    unuse: (device) => along('unuse', own.unuse(device), ghostOfUnuse(kernel, device)),
    ...(claim && {
      claim: (of: Claim, also?: Along) =>
        along('ioctl', refineClaim(kernel, of, along('claim', claim(of), ghostOfClaim(kernel, of))), also),
    }),
    ...(release && {
      release: (of: Claim, also?: Along) => along('release', release(of), ghostOfRelease(kernel, of), also),
    }),
    attach: (of, also) => {
      const attached = along('attach', own.attach(of), ghostOfAttach(kernel, of, true));
      const owning = along('own', attached, attachingOwns ? ghostOfClaim(kernel, of) : undefined);
      return along('ioctl', attachingOwns ? refineClaim(kernel, of, owning) : owning, also);
    },
    detach: (of, also) =>
      along(
        'detach',
        own.detach(of),
        ghostOfAttach(kernel, of, false),
        attachingOwns ? ghostOfRelease(kernel, of) : undefined,
        also,
      ),
  };
}

/** What became of the sections that a verb made. */
interface Sections {
  readonly unstarted: Set<object>;
  /** By the one that has ended; what a refinement made of it. */
  decided?: Errno;
}

function sectionOf(kernel: Kernel, sections: Sections = { unstarted: new Set() }): Section {
  return (...asked) => notMinding(() => sectionAt(...asked));

  function sectionAt<T extends Errno>(
    at: Device | string,
    name: string,
    outcomes: readonly T[],
    body: (group: never) => T,
  ): Program<T> {
    const decide = body as (group: GroupView | undefined) => T;
    const broken = (what: string): PluginError =>
      new PluginError(`strategy '${kernel.strategy.name}', section ${name}: ${what}`);
    const stray = outcomes.find((one) => !isErrno(one));
    if (stray !== undefined)
      throw broken(`outcome ${String(stray)} is no errno; there are ${[OK, ...refusals].join(', ')}`);
    const device = typeof at === 'string' ? undefined : at;
    const group = typeof at === 'string' ? at : at.group;
    const member = device && kernel.layout.device(device.name).member;
    const made = {};
    sections.unstarted.add(made);
    const section = perform({
      name,
      key: `${kernel.strategy.name}: ${name}(${device?.name ?? group}) ${outcomes.join()}`,
      outcomes,
      touches: [...(member ? [member] : []), ...(group === undefined ? [] : groupFootprint(kernel, group))],
      writes: group === undefined ? [] : groupWrites(kernel, group),
      run(cells) {
        const inGroup = group !== undefined && (!member || cells.get(member));
        const outcome = minding(kernel.strategy, () =>
          inGroup ? openGroup(kernel, cells, group, decide) : decide(undefined),
        );
        if ((outcomes as readonly Errno[]).includes(outcome)) return outcome;
        if (!isErrno(outcome)) throw broken(`decided ${String(outcome)}, which is no errno; return one`);
        throw broken(
          `decided ${String(outcome)}, which is not among its outcomes ${outcomes.join(', ')}; add it there`,
        );
      },
    });
    return (function* () {
      sections.unstarted.delete(made);
      const outcome = yield* section;
      sections.decided = outcome;
      return outcome;
    })();
  }
}

/** Whose copy of the check the user side asks: the group's, which is no bus's. */
export const groupOwnership = (kernel: Kernel): Checked => checkedOwnership(kernel, '');

/**
 * What VFIO asks of it. A group without iommu_ops is attached past the IOMMU core, by spapr_tce or, if VFIO made it up,
 * not at all; and such a one is not claimed where the surroundings say so (a3da1ab6fbea).
 */
export function vfioOwnership(kernel: Kernel, group: string): Checked {
  const kind = kernel.machine.withoutOps?.[group];
  if (kind === undefined) return groupOwnership(kernel);
  const claims = kind === 'real' || kernel.strategy.surroundings.vfio.claimsFakeGroups;
  return checkedOwnership(kernel, '', (own, section) => {
    const past = (name: string) => (claim: Claim) => section(claim.group, name, [OK], () => OK);
    return {
      ...own,
      attach: past('vfio_iommu_attach_group'),
      detach: past('vfio_iommu_detach_group'),
      ...(own.claim && !claims && { claim: past('vfio_group_set_container') }),
      ...(own.release && !claims && { release: past('__vfio_group_unset_container') }),
    };
  });
}

/** Without ghosts: what is used outside a bind is used by nobody. */
export const uncheckedOwnership = (kernel: Kernel, device: Device): Ownership =>
  mindingOwnership(kernel.strategy, sectionOf(kernel), device.bus);

export const deviceOwnership = (kernel: Kernel, device: Device): Checked => checkedOwnership(kernel, device.bus);

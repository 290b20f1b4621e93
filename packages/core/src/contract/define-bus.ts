import type { Facts, ManagedDriver } from '../machine.ts';
import { PluginError } from '../plugin-error.ts';
import { compareVersions, contains, newestVersion, seriesOf } from '../version.ts';
import type { Bus, BusDefinition, Revision } from './bus.ts';
import { contractVersion } from './contract-version.ts';
import { probeHooks } from './probe-hooks.ts';
import { rules } from './rules.ts';
import { strayPart } from './stray-part.ts';

/**
 * Makes a bus plugin: checks its shape, runs its hooks through everything the kernel can answer, and freezes it; those of a
 * revision when it is asked for. Throws a {@link PluginError} that names the bus, the hook and the call.
 */
export function defineBus<const B extends string, F extends Facts>(definition: BusDefinition<B, F>): Bus<B, F> {
  checkShape(definition);
  const bus = completed(definition);
  const revisions = new Map<string, Bus<B, F>>();
  defined.add(at);
  // No kernel had the refinement.
  const { refine: _, ...upstream } = definition;
  return bus;

  function completed(of: BusDefinition<B, F>, past?: Pick<Bus<B, F>, 'asIn' | 'revision'>): Bus<B, F> {
    const draft: Bus<B, F> = { ...of, at, callsUse: false, ...past };
    return Object.freeze({ ...draft, callsUse: probeHooks(draft as Bus) });
  }

  function at(version: string): Bus<B, F> {
    const revision = revisionIn(definition, version);
    if (revision && revision.commit !== version) keepToRead(definition, version);
    if (revision) {
      // To complete one is to run its hooks through everything.
      const known =
        revisions.get(version) ??
        completed({ ...upstream, ...hooksOf(revision), says: revision.says }, { asIn: version, revision });
      revisions.set(version, known);
      return known;
    }
    const first = definition.history[0];
    throw new PluginError(
      `bus '${definition.name}' has no revision for Linux ${version}; ` +
        (first ? `its history begins with ${first.since[0]} (${first.commit})` : 'its history is empty'),
    );
  }
}

/** What a bus had in Linux `version`, or in a tree at one of its commits; nothing if its history does not reach back so far. */
export const revisionIn = <B extends string, F extends Facts>(
  { history }: Pick<BusDefinition<B, F>, 'history'>,
  version: string,
): Revision<B, F> | undefined =>
  history.find(({ commit }) => commit === version) ?? history.findLast((one) => contains(one.since, version));

/** Throws for a Linux that is newer than whatever was read of it: here, or by the bus's own package. */
function keepToRead<B extends string, F extends Facts>(
  { name, history }: Pick<BusDefinition<B, F>, 'name' | 'history'>,
  version: string,
): void {
  const newest = [newestVersion, ...history.flatMap(({ since }) => since)].toSorted(compareVersions).at(-1)!;
  if (compareVersions(seriesOf(version), newest) > 0)
    throw new PluginError(`bus '${name}' has no revision for Linux ${version}; what was read ends with ${newest}`);
}

/**
 * Whether the bus comes from this copy of {@link defineBus}. One that another copy has made was checked by that copy's
 * rules, and what it throws is no {@link PluginError} here.
 */
export const isDefinedHere = ({ at }: Bus): boolean => defined.has(at);

const defined = new WeakSet<object>();

const hooksOf = <B extends string, F extends Facts>({ dma_configure, dma_unconfigure, hookless }: Revision<B, F>) => ({
  dma_configure,
  dma_unconfigure,
  ...(hookless && { hookless }),
});

const required = ['dma_configure', 'dma_unconfigure', 'example', 'firmware', 'recognise', 'isolation'] as const;
const driverParts = Object.keys({
  name: true,
  managesDma: true,
  forUser: true,
  since: true,
  failsAt: true,
  failsWith: true,
} satisfies Record<keyof ManagedDriver, true>);
const sentences = ['source', 'says'] as const;
const lists = ['managedDrivers', 'history'] as const;

function checkShape(definition: BusDefinition<string, Facts>): void {
  const broken = (what: string): PluginError =>
    new PluginError(`bus '${String((definition as { name?: unknown } | undefined)?.name)}': ${what}`);
  if (
    typeof definition !== 'object' ||
    definition === null ||
    typeof definition.name !== 'string' ||
    definition.name === ''
  )
    throw new PluginError(`a bus needs a name; write defineBus({ name: 'mybus', ... })`);
  const { contract = contractVersion } = definition;
  if (contract > contractVersion)
    throw broken(
      `was written for contract ${contract}, and this is contract ${contractVersion}; update busward, or take an older version of the plugin`,
    );
  if (typeof contract !== 'number') throw broken(`contract is ${typeof contract}; write ${contractVersion}`);
  for (const part of [...required, ...(['role', 'special'] as const).filter((one) => definition[one] !== undefined)])
    if (typeof definition[part] !== 'function')
      throw broken(`${part} is ${typeof definition[part]}; write a function there`);
  if (definition.ungrouped !== undefined && typeof definition.ungrouped !== 'string')
    throw broken(`ungrouped is ${typeof definition.ungrouped}; write why there is no IOMMU above it, in a sentence`);
  const hookless: unknown = definition.hookless;
  if (hookless !== undefined && hookless !== true)
    throw broken(`hookless is ${JSON.stringify(hookless)}; write true, or leave it out`);
  for (const part of sentences)
    if (typeof definition[part] !== 'string')
      throw broken(`${part} is ${typeof definition[part]}; write a sentence there`);
  const optional = ['contract', 'ungrouped', 'role', 'special', 'refine', 'hookless'] as const;
  const known = ['name', ...sentences, ...required, ...optional, ...lists];
  const added = ['at', 'asIn', 'revision', 'callsUse'];
  const stray = strayPart(definition, known, added);
  if (stray !== undefined) throw broken(stray);
  for (const part of lists)
    if (!Array.isArray(definition[part]))
      throw broken(`${part} is ${typeof definition[part]}; write a list there, [] if there is none`);
  for (const driver of definition.managedDrivers)
    if (
      typeof driver?.name !== 'string' ||
      !driver.managesDma ||
      typeof driver.forUser !== 'boolean' ||
      strayPart(driver, driverParts) !== undefined
    )
      throw broken(`managedDrivers has ${JSON.stringify(driver)}; write userDriver('name') or stubDriver('name')`);
  const { refine } = definition;
  for (const part of ['of', 'judge'] as const)
    if (refine !== undefined && typeof refine?.[part] !== 'function')
      throw broken(`refine.${part} is ${typeof refine?.[part]}; write a function there`);
  const strayRefinement = refine && strayPart(refine, ['says', 'of', 'judge']);
  if (strayRefinement !== undefined) throw broken(`refine ${strayRefinement}`);
  for (const revision of definition.history) checkRevision(revision, broken);
}

function checkRevision(revision: Revision<string, Facts>, broken: (what: string) => PluginError): void {
  if (typeof revision?.commit !== 'string' || revision.commit === '')
    throw broken(`history has ${JSON.stringify(revision)}, without a commit; write { commit: '512881eacfa7', ... }`);
  const called = `history, ${revision.commit}`;
  const { since, knownBugs = {} } = revision;
  if (!Array.isArray(since) || since.length === 0)
    throw broken(`${called}: since is ${JSON.stringify(since)}; write the versions that have it, as ['6.5']`);
  // Throws for what is no version.
  for (const version of since) compareVersions(version, version);
  for (const hook of ['dma_configure', 'dma_unconfigure'] as const)
    if (typeof revision[hook] !== 'function')
      throw broken(`${called}: ${hook} is ${typeof revision[hook]}; write a function there`);
  const stray = Object.keys(knownBugs).find((number) => !rules.some((rule) => String(rule.number) === number));
  if (stray !== undefined)
    throw broken(`${called}: knownBugs has '${stray}'; its keys are rules, 1 to ${rules.length}, as { 6: 'M20' }`);
}

import { count, OK, type Device } from '@busward/core';
import type { Clause, Finding } from './clause.ts';
import { refusesSomething } from './refinement.ts';
import { hooksFor, type Subject } from './subject.ts';
import { readsOf, wayLines } from './ways.ts';

/** What a bus says of itself has to be so: groups of tests follow it. */
export const declarationClauses = (subject: Subject): readonly Clause[] =>
  [
    clause(
      'groups',
      'every device has something that tells it apart; a bus whose devices never have a group says so in `ungrouped`',
      'packages/core, contract/bus.ts: no group, no check (fail-open in every kernel version)',
      () => groups(subject),
    ),
    clause(
      'managedDrivers',
      'every driver that it lists manages DMA itself, and is let in without the check',
      'drivers that set driver_managed_dma; 512881eacfa7',
      () => managedDrivers(subject),
    ),
    clause(
      'recognise',
      'it is sure of its own devices only: of two buses that are sure of one, a log cannot tell',
      'packages/core, contract/bus.ts, Recognition',
      () => recognise(subject),
    ),
    clause(
      'example',
      'its facts are data, and the same each time',
      'packages/core, contract/bus.ts, BusDefinition.example',
      () => example(subject),
    ),
    subject.bus.special &&
      clause(
        'special',
        'it gives facts for every name, in every list',
        'packages/core, contract/bus.ts, BusDefinition.special',
        () => special(subject),
      ),
    subject.bus.hookless &&
      clause(
        'hookless',
        'a bus without a hook asks the kernel for nothing',
        'bus_type.dma_configure == NULL; drivers/base/dd.c, really_probe()',
        () => hookless(subject),
      ),
    subject.bus.refine &&
      clause(
        'refine',
        'its refinement refuses something on a small machine; else it has none',
        'packages/core, contract/bus.ts, Refinement',
        () => refine(subject),
      ),
  ].filter((one): one is Clause => typeof one === 'object');

const clause = (name: string, says: string, source: string, look: () => Finding | undefined): Clause => ({
  group: 'what it declares',
  name: `what it declares, ${name}`,
  says,
  source,
  look,
});

function groups({ bus, samples }: Subject): Finding | undefined {
  const keyed = samples.filter((one) => bus.isolation(one).length > 0);
  if (bus.ungrouped === undefined)
    return keyed.length > 0
      ? undefined
      : {
          found: 'isolation gives no key for any device, so that none has a group, and every check passes',
          scenario: () => added(samples),
          change: 'return what tells the device apart; or say `ungrouped`, and why no IOMMU is above the bus',
        };
  return keyed.length === 0
    ? undefined
    : {
        found: `it says 'ungrouped', and isolation gives ${keyed[0]!.name} the keys ${bus.isolation(keyed[0]!).join(', ')}`,
        scenario: () => added(keyed.slice(0, 1)),
        change: 'leave `ungrouped` out: where there is a group, the check has to be asked',
      };
}

function managedDrivers({ bus, samples }: Subject): Finding | undefined {
  for (const one of samples)
    for (const way of hooksFor(bus, one).configure) {
      const [driver] = readsOf(way);
      const asked = way.calls.some(({ call }) => call === 'ownership.use');
      if (driver?.managesDma && asked && readsOf(way).length === 1)
        return {
          found: `the check was asked for ${driver.name}, which manages DMA itself`,
          way: wayLines(way),
          scenario: () => [`bind ${one.name} to ${driver.name}`, `u0: claim the group of ${one.name}  = EPERM`],
          change: 'return kernel.ownership.notNeeded(driver) for every driver with managesDma',
        };
    }
  return undefined;
}

/** Names that no bus gives its devices. */
const nobodys = ['', 'a device of nobody', '#'];

function recognise({ bus }: Subject): Finding | undefined {
  const stolen = nobodys.find((name) => bus.recognise(name, 'nobody')?.sure);
  return stolen === undefined
    ? undefined
    : {
        found: `it is sure that '${stolen}' is on this bus`,
        scenario: () => [`nobody ${stolen}: Adding to iommu group 0`],
        change: 'return undefined for what is not certainly yours, or say `sure: false`',
      };
}

function example({ bus }: Subject): Finding | undefined {
  const [first, second] = [bus.example('one'), bus.example('one')].map((facts) => JSON.stringify(facts));
  const stray = Object.entries(bus.example('one')).find(([, fact]) => typeof fact === 'function' || fact === undefined);
  if (stray)
    return {
      found: `the fact '${stray[0]}' is ${typeof stray[1]}`,
      scenario: () => ["example('one')"],
      change: 'write a string, a number, a boolean or a list of strings there, or leave it out',
    };
  return first === second
    ? undefined
    : {
        found: `it gave ${first}, and then ${second}`,
        scenario: () => ["example('one')", "example('one')"],
        change: 'make the facts of the name alone',
      };
}

function special({ bus }: Subject): Finding | undefined {
  const names = ['one', 'two', 'three'];
  const short = bus.special!(names).find((list) => list.length !== names.length);
  return (
    short && {
      found: `it gave ${count(short.length, 'device')} facts, for ${names.length} names`,
      scenario: () => [`special(['${names.join("', '")}'])`],
      change: 'make a list of as many facts as names, as names.map(...) does',
    }
  );
}

function hookless({ bus, samples }: Subject): Finding | undefined {
  for (const one of samples) {
    const { configure, unconfigure } = hooksFor(bus, one);
    const way = [...configure, ...unconfigure].find(
      ({ calls, end }) =>
        calls.some(({ call }) => call !== 'ownership.bypass') ||
        (end.kind === 'returned' && end.value !== undefined && end.value !== OK),
    );
    if (way)
      return {
        found: `it says 'hookless', and ${way.hook} asks the kernel for something`,
        way: wayLines(way),
        scenario: () => [`bind ${one.name} to a kernel driver`],
        change: "leave `hookless` out, or take the hooks of withoutHook('why')",
      };
  }
  return undefined;
}

function refine({ bus, samples }: Subject): Finding | undefined {
  return refusesSomething(bus, samples)
    ? undefined
    : {
        found: `it refuses nothing on ${samples.map(({ name }) => name).join(', ')}`,
        scenario: () => added(samples),
        change: 'leave it out; or give conformance() devices of the bus that it looks at: { devices: [...] }',
      };
}

const added = (devices: readonly Device[]): readonly string[] => devices.map(({ name }) => `add ${name}`);

import { readFileSync } from 'node:fs';
import { describeOperation, type Operation } from '@busward/core';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { operationForms, parseOperation } from '../src/operation-text.ts';
import { keysOf } from '../src/schema.ts';
import { readScenario } from '@busward/scenario';
import { shapeOf } from '@busward/scenario/shape';
import { text, vocabulary } from './vocabulary.ts';

const { machine } = readScenario(
  's.yaml',
  text([
    ['devices: { A: pci, B:', 'users: { u0: container, u 1: iommufd }\n  devices: { A: pci, 0000:01:00.0: pci, B:'],
    ['machine:', 'machine:\n  type: DMA\n  iommu: later\n  overrides: true'],
  ]).replace('u 1', 'u1'),
  vocabulary,
);
const device = fc.constantFrom(...machine.devices.map(({ name }) => name));
const driver = fc.constantFrom(...machine.devices[0]!.drivers.map(({ name }) => name));
const group = fc.constantFrom(...machine.groups);
const user = fc.constantFrom('u0', 'u1');
const byContainer = fc.constant('u0');
const byIommufd = fc.constant('u1');
const owning = fc.constantFrom('claim', 'attach', 'detach', 'release' as const);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    do: fc.constantFrom('bind', 'override and bind', 'set override', 'find driver', 'load', 'take over'),
    device,
    driver,
  }),
  fc.record({ do: fc.constantFrom('unbind', 'remove', 'add', 'reset', 'clear override'), device }),
  fc.record({ do: fc.constantFrom('claim directly', 'release directly'), user, device }),
  fc.record({ do: fc.constantFrom('open', 'close'), user: byContainer, device }),
  fc.record({ do: fc.constantFrom('open group', 'close group', 'set container'), user: byContainer, group }),
  fc.record({ do: owning, user: byContainer, group }),
  fc.record({ do: owning, user: byIommufd, device }),
  fc.record({ do: fc.constant('register'), group }),
  fc.record({ do: fc.constant('set type'), group, type: fc.constantFrom('DMA', 'identity', 'DMA-FQ', 'auto') }),
  fc.record({ do: fc.constant('die'), user }),
  fc.record({ do: fc.constant('rescan') }),
) as fc.Arbitrary<Operation>;

it('reads every operation as it is described', () => {
  fc.assert(
    fc.property(operation, (one) => {
      expect(parseOperation(describeOperation(one), machine)).toEqual(one);
    }),
  );
});

it('leaves the user out where the actor is the user', () => {
  expect(parseOperation('claim A', machine, 'u1')).toEqual({ do: 'claim', user: 'u1', device: 'A' });
});

it('names a scenario by its shape, whatever its devices are called', () => {
  const scenario = readScenario('s.yaml', text(), vocabulary);
  expect(shapeOf(scenario)).toBe('pci+pci Av : claim(AB) | Bk');
  const renamed = text().replaceAll(/\bA\b/g, 'card').replaceAll(/\bB\b/g, 'audio').replaceAll(/\bg\b/g, 'group 7');
  expect(shapeOf(readScenario('t.yaml', renamed, vocabulary))).toBe(shapeOf(scenario));
  const other = readScenario('t.yaml', text([['bind B to nvme', 'bind A to nvme']]), vocabulary);
  expect(shapeOf(other)).toBe('pci+pci Av : claim(AB) | Ak');
});

it('is described in docs/scenarios.md, every operation and every key', () => {
  const page = readFileSync(new URL('../../../docs/scenarios.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, first]) => first!.match(/[^`]+(?=`)/g)!);
  const keys = [keysOf.file, keysOf.machine, keysOf.device, keysOf.driver].flat();
  expect([...operationForms(), ...keys].filter((one) => !rows.includes(one))).toEqual([]);
});

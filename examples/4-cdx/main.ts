import {
  assemble,
  describeOperation,
  device,
  groupDevices,
  linux612,
  machine,
  principles,
  type Bus,
  type Operation,
} from '@busward/core';
import { run } from '@busward/explorer';
import { pci } from '@busward/pci';
import { plainPage, table } from '@busward/report';
import { cdx } from './bus.js';

// Two PCI functions and, between them, a CDX device, behind one stream id. A user wants A, kernel drivers B and C.
const behind = { facts: { streams: ['smmu@0xfa'] } };
const devices = [device(pci, 'A', behind), device(cdx, 'B', { facts: { req_id: '0xfa' } }), device(pci, 'C', behind)];
const shared = machine('one stream id', { devices: groupDevices(devices, [pci, cdx] as Bus[]) });

const litmus: readonly Operation[] = [
  { do: 'bind', device: 'A', driver: 'vfio-pci' },
  { do: 'claim', user: 'u0', group: 'group 0' },
  { do: 'bind', device: 'C', driver: 'kernel-driver' },
  { do: 'bind', device: 'B', driver: 'kernel-driver' },
  { do: 'unbind', device: 'B' },
  { do: 'bind', device: 'C', driver: 'kernel-driver' },
];

for (const bus of [cdx.at('6.12'), cdx] as Bus[]) {
  const system = assemble(shared, linux612, [pci as Bus, bus], { kind: 'open', inFlight: 1, menu: [] });
  const after = litmus.map((_, at) => run(system, litmus.slice(0, at + 1), principles));
  const rows = after.map(({ ran, value }, at) => [
    describeOperation(litmus[at]!),
    ran[at]!.result,
    String(value('group 0.owner')),
    String(value('group 0.owner_cnt')),
  ]);
  const head = [bus.asIn === undefined ? 'cdx' : `cdx@${bus.asIn}`, 'result', 'owner', 'owner_cnt'];
  console.log(
    table(
      [head, ...rows].map((row) => row.map((text) => ({ text }))),
      plainPage,
    ).join('\n'),
  );
  console.log(`broken: ${after.at(-1)!.broken.join(' ') || 'nothing'}\n`);
}

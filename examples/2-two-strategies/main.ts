import { assemble, device, domainCompare, linux61, machine, menuOf, principles } from '@busward/core';
import { compile, explore, witnessOf } from '@busward/explorer';
import { pci } from '@busward/pci';
import { plainPage, witnessLines } from '@busward/report';

// Two PCI functions in one group: one bus, unmodified, under two strategies.
const devices = ['gpu', 'audio'].map((name) => device(pci, name, { group: 'group 0' }));
const pair = machine('a graphics card', { devices });

for (const strategy of [linux61, domainCompare]) {
  const system = assemble(pair, strategy, [pci], { kind: 'open', inFlight: 2, menu: menuOf(pair) });
  const { states, violations } = explore(system, principles);
  console.log(
    `${strategy.name}: ${states} states, ${violations.length === 0 ? 'every principle holds' : `${violations[0]!.principle.id} is broken:`}`,
  );
  if (violations[0]) console.log(witnessLines(witnessOf(compile(system), violations[0].path), plainPage).join('\n'));
}

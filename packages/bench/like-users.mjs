// How many states there are with so many users, and how many are left where users who are alike are exchanged: two like
// devices of one group on pci, two operations in flight.
import { assemble, device, machine, menuOf, principles, strategies } from '@busward/core';
import { compile, exploreCompiled, judgesOf, likeUsersOf } from '@busward/explorer';
import { pci } from '@busward/pci';

const limits = { maxStates: 1e6 };
const counts = [1, 2, 3, 4];
console.log(`users             ${counts.map((count) => String(count).padStart(16)).join('')}`);
for (const [name, through] of [
  ['legacy', 'container'],
  ['6.1', 'container'],
  ['7.3', 'iommufd'],
]) {
  const cells = counts.map((count) => {
    const users = Array.from({ length: count }, (_, at) => ({ name: `u${at}`, through }));
    const of = machine('two', { devices: ['A', 'B'].map((one) => device(pci, one, { group: 'g' })), users });
    const strategy = strategies.find((one) => one.name === name);
    const system = assemble(of, strategy, [pci], { kind: 'open', inFlight: 2, menu: menuOf(of) });
    const all = exploreCompiled(compile(system), judgesOf(system, principles), limits);
    const compiled = compile(system);
    const ordered = { ...compiled, likeUsers: likeUsersOf(compiled) };
    const left = exploreCompiled(ordered, judgesOf(system, principles), limits);
    return `${all.states} -> ${left.states}`.padStart(16);
  });
  console.log(`${`${name}, ${through}`.padEnd(18)}${cells.join('')}`);
}

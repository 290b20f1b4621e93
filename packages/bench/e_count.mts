import { assemble, device, machine, menuOf, principles, strategies } from '@busward/core';
import { compile, exploreCompiled, judgesOf } from '@busward/explorer';
import { pci } from '@busward/pci';
const [devices, groups, inFlight, name] = process.argv.slice(2);
const of = machine(`x`, { devices: Array.from({ length: Number(devices) }, (_, at) => device(pci, String.fromCharCode(65 + at), { group: `g${at % Number(groups)}` })) });
const strategy = strategies.find((one) => one.name === name);
const system = assemble(of, strategy, [pci], { kind: 'open', inFlight: Number(inFlight), menu: menuOf(of) });
const compiled = { ...compile(system), symmetric: false };
const judges = judgesOf(system, principles);
const t = process.cpuUsage();
const r = exploreCompiled(compiled, judges, { maxStates: 2.5e7 });
const u = process.cpuUsage(t);
let sit = 0, max=0; for (const n of compiled.nodes) { if (n.kind==='at') {sit += n.table.learned().length; max=Math.max(max,n.table.learned().length)} else for (const s of n.starts) sit += s.possible.learned().length + s.first.table.learned().length; }
console.log(name, devices, groups, inFlight, 'states', r.states, r.transitions, r.complete, 'cpu', (u.user+u.system)/1e6, 'nodes', compiled.nodes.length, 'sit', sit, 'max', max, 'bits', compiled.bits.reduce((a,b)=>a+b), 'starts', compiled.nodes[0].starts.length, 'viol', r.violations.map(v=>v.principle.id+v.device+':'+v.path.length).join(' '), 'judges', judges.states.length, 'rss', process.memoryUsage.rss()>>20);
console.log(globalThis.G)

import * as core from '@busward/core';
import { kindsOf, searchingCrowds, compile, exploreCompiled, judgesOf } from '@busward/explorer';
import { pci } from '/work/wt/whole/packages/pci/src/index.ts';
import { fslMc } from '/work/wt/whole/packages/fsl-mc/src/index.ts';
const { principles, machine, device, assemble, menuOf } = core;
const run = (m: any, limit: number) => {
  for (const s of core.strategies) {
    const bs = [pci, fslMc] as any;
    const kinds = kindsOf(m, bs, s);
    const g = searchingCrowds({
      machine: m,
      kinds,
      strategy: s,
      buses: bs,
      principles,
      inFlight: 2,
      limits: { maxStates: limit },
    });
    let at = g.next();
    while (!at.done) at = g.next();
    const e: any = at.value;
    const sys = assemble(m, s, bs, { kind: 'open', inFlight: 2, menu: menuOf(m) });
    const x = exploreCompiled(compile(sys), judgesOf(sys, principles), { maxStates: 1.5e6 });
    const found = new Map<string, number>();
    for (const v of x.violations) {
      const k = v.principle.id + ' ' + m.devices.find((d: any) => d.name === v.device).bus;
      if (!found.has(k)) found.set(k, v.path.length);
    }
    const miss = [...found].filter(([k, l]) => e.complete && (!e.mayBreak.has(k) || e.mayBreak.get(k) > l));
    const extra = [...e.mayBreak].filter(([k]: any) => x.complete && !found.has(k));
    const longer = [...e.mayBreak].filter(([k, l]: any) => found.has(k) && found.get(k) !== l);
    console.log(
      m.name,
      s.name.padEnd(14),
      'crowd',
      e.states,
      e.complete,
      e.stoppedBy ?? '',
      'explicit',
      x.states,
      x.complete,
      '| MISSED',
      miss.join(';'),
      '| spurious',
      extra.join(';'),
      '| other length',
      longer.map(([k, l]: any) => k + ':' + l + '/' + found.get(k)).join(';'),
    );
  }
};
const n = +process.argv[2]!;
const mk = (joins: any) =>
  machine(`pci${n} ${joins}`, {
    devices: Array.from({ length: n }, (_, i) => device(pci, 'D' + i, { group: 'g', joins })),
  });
run(mk('when added'), 200000);
run(mk('at first bind'), 200000);

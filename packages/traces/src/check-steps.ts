import { type Path } from '@busward/scenario';
import { noSuch } from '@busward/scenario/nearest';
import type { Trace } from './trace.ts';

type Word = 'device' | 'user' | 'driver' | 'type' | 'device?';

const operations: Readonly<Record<string, readonly Word[]>> = {
  bind: ['device', 'driver'],
  unbind: ['device'],
  override: ['device', 'driver'],
  probe: ['device'],
  gopen: ['user', 'device'],
  gclose: ['user', 'device'],
  cset: ['user', 'device', 'device?'],
  cunset: ['user', 'device'],
  dopen: ['user', 'device'],
  dclose: ['user', 'device'],
  die: ['user'],
  settype: ['device', 'type'],
  remove: ['device'],
  rescan: [],
  claim: ['user', 'device'],
  release: ['user', 'device'],
};
const users = ['u0', 'u1'];
const types = ['identity', 'DMA', 'DMA-FQ', 'auto'];

/** Throws an InputError for a step that no agent could have carried out on a machine with these devices. */
export function checkSteps(trace: Trace, devices: readonly string[]): void {
  for (const name of Object.keys(trace.devices)) known('device', name, devices, ['devices', name]);
  for (const [at, { do: text }] of trace.steps.entries()) {
    const [verb = '', ...words] = text.split(' ');
    const place = ['steps', at, 'do'];
    if (!Object.hasOwn(operations, verb)) known('operation', verb, Object.keys(operations), place);
    const wanted = operations[verb]!;
    const least = wanted.filter((word) => word !== 'device?').length;
    if (words.length < least || words.length > wanted.length)
      throw wrong(place, `'${text}': expected ${[verb, ...wanted.map((word) => word.toUpperCase())].join(' ')}`);
    words.forEach((word, index) => {
      const kind = wanted[index]!.replace('?', '');
      const all = { device: devices, user: users, type: types }[kind];
      if (all) known(kind, word, all, place);
    });
  }

  function known(kind: string, name: string, all: readonly string[], place: Path): void {
    if (!all.includes(name)) throw wrong(place, noSuch(kind, name, all));
  }

  function wrong(place: Path, message: string) {
    const step = place[0] === 'steps' ? `, step ${place[1]} ('${trace.steps[Number(place[1])]!.do}')` : '';
    return trace.wrong(place, `scenario '${trace.scenario}'${step}: ${message}`);
  }
}

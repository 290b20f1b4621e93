import { readFileSync } from 'node:fs';
import { execSync } from 'node:child_process';
import { amba } from '@busward/amba'; import { fslMc } from '@busward/fsl-mc'; import { host1x } from '@busward/host1x'; import { pci } from '@busward/pci'; import { platform } from '@busward/platform';
import { predictGroups, readDeviceTree, groupsOf } from '../src/firmware/index.ts';
const buses = [amba, platform, fslMc, pci, host1x] as any;
const files = execSync("find /tmp/fw/blobs -name '*.dtb' -o -name '*.dtbo'").toString().trim().split('\n');
const t = performance.now();
const by: any = {};
const says: any = {};
for (const f of files) {
  const k = f.split('/')[4]; const c = by[k] ??= { files:0, overlays:0, damage:0, masters:0, groups:0, shared:0, span:0, fslmc:0, host1x:0, amba:0, direct:0, placeholder:0, map:0 };
  const tree = readDeviceTree(f, readFileSync(f)); const p = predictGroups(tree, buses);
  c.files++; if (p.cannotKnow.some(x=>x.says.includes('overlay'))) c.overlays++; if (p.damage.length) c.damage++;
  c.masters += p.devices.length; const g=[...groupsOf(p).values()]; c.groups += g.length; if (g.some(x=>x.length>1)) c.shared++;
  if (p.behind.some(b => b.bus==='pci' && b.with.includes(b.controller))) { c.span++; }
  if (p.behind.some(b=>b.bus==='fsl-mc')) c.fslmc++; if (p.behind.some(b=>b.bus==='pci')) c.map++;
  if (p.devices.some(d=>d.device.bus==='amba')) c.amba++;  if (p.devices.some(d=>d.direct)) {c.direct++; }
  for (const r of [...p.cannotKnow, ...p.without, ...p.provided]) { const s = r.says.replace(/0x[0-9a-f]+(\/0x[0-9a-f]+)?/g,'N').replace(/[0-9a-f]+\.[\w-]+/g,'X'); (says[s] ??= new Set()).add(f.split('/').pop()); }
}
console.table(by); for (const [s, x] of Object.entries(says) as any) console.log(x.size, s, [...x].slice(0,4).join(' '));
console.log(performance.now()-t, process.memoryUsage.rss()/1e6);

/* Reads and predicts the file that is named, in a process of its own: `verify-firmware.ts` limits its heap. */
import { readFileSync } from 'node:fs';
import { amba } from '@busward/amba';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { predict, readFirmware } from '@busward/topology';

const bytes = readFileSync(process.argv[2] ?? '');
const before = process.resourceUsage().maxRSS;
const started = performance.now();
const firmware = readFirmware('made', bytes);
const { devices } = predict(firmware, [amba, platform, fslMc, pci, host1x], ['0000:00:01.0']);
const nodes = firmware.kind === 'device tree' ? firmware.tree.starts.length : 0;
const seconds = ((performance.now() - started) / 1000).toFixed(1);
const grown = Math.round((process.resourceUsage().maxRSS - before) / 1024);
console.log(`${nodes} nodes and ${devices.length} devices in ${seconds} s, ${grown} MB more in memory`);

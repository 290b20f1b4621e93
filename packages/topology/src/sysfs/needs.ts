import type { Need } from '../found.ts';
import type { Tell } from '../statement.ts';
import { baseOf, follow, type Tree } from './tree.ts';

/** Mounts without which the system does not run. */
const systems = /^\/(?:usr|var|boot|boot\/efi|nix\/store)?$/;
/** Deeper nesting of volumes is a loop. */
const deepest = 16;

/**
 * What the running system uses which devices for: the disk it runs from (/proc/mounts and the blocks below), network
 * cards that are up, the console.
 * @param devices names of devices by their folder
 */
export function readNeeds(tree: Tree, devices: ReadonlyMap<string, string>, tell: Tell): void {
  const need = (what: Need, path: string | undefined, at: string): boolean => {
    const name = path === undefined ? undefined : lowest(path, devices);
    if (name !== undefined) tell({ kind: 'needed', name, need: what, from: { file: tree.file, at } });
    return name !== undefined;
  };
  disks(tree, need, tell);
  network(tree, need, tell);
  consoles(tree, need, tell);
}

type NeedDevice = (need: Need, path: string | undefined, at: string) => boolean;

/** The lowest device on the way to a path: who takes it takes what is below. */
function lowest(path: string, devices: ReadonlyMap<string, string>): string | undefined {
  for (let at = path; at.includes('/'); at = at.slice(0, at.lastIndexOf('/'))) {
    const name = devices.get(at);
    if (name !== undefined) return name;
  }
  return undefined;
}

function disks(tree: Tree, need: NeedDevice, tell: Tell): void {
  const mounts = tree.text('proc/mounts') ?? tree.text('proc/self/mounts');
  if (mounts === undefined) return;
  let told = false;
  for (const line of mounts.split('\n')) {
    const [source, where] = line.split(' ');
    if (where === undefined || !systems.test(where) || !source!.startsWith('/dev/')) continue;
    for (const disk of below(tree, blockOf(tree, source!.slice('/dev/'.length))))
      told = need('root disk', disk, 'proc/mounts') || told;
  }
  if (told) tell({ kind: 'need told', need: 'root disk', from: { file: tree.file, at: 'proc/mounts' } });
  else
    tell({
      kind: 'says',
      text: `${tree.file}: it does not tell which device the disk is on that the system runs from`,
    });
}

/** `nvme0n1p2`, or a name that the device mapper gave: `mapper/vg-root`. */
function blockOf(tree: Tree, device: string): string | undefined {
  const blocks = 'sys/class/block';
  if (!device.startsWith('mapper/')) return tree.link(`${blocks}/${device}`) === undefined ? undefined : device;
  return tree.names(blocks).find((name) => {
    const at = follow(tree, `${blocks}/${name}`);
    return at !== undefined && name.startsWith('dm-') && tree.text(`${at}/dm/name`) === device.slice('mapper/'.length);
  });
}

/** The real disks below a volume. */
function below(tree: Tree, block: string | undefined, depth = 0): readonly string[] {
  const at = block === undefined ? undefined : follow(tree, `sys/class/block/${block}`);
  if (at === undefined || depth > deepest) return [];
  const slaves = tree.names(`${at}/slaves`);
  return slaves.length === 0 ? [at] : slaves.slice(0, 64).flatMap((slave) => below(tree, slave, depth + 1));
}

function network(tree: Tree, need: NeedDevice, tell: Tell): void {
  const cards = tree.names('sys/class/net');
  for (const card of cards) {
    const link = `sys/class/net/${card}`;
    const at = follow(tree, link) ?? link;
    const state = tree.text(`${at}/operstate`);
    const up = state === 'up' || (state !== 'down' && tree.text(`${at}/carrier`) === '1');
    if (up) need('active network', at, `${link}/operstate`);
  }
  if (cards.length > 0)
    tell({ kind: 'need told', need: 'active network', from: { file: tree.file, at: 'sys/class/net' } });
}

function consoles(tree: Tree, need: NeedDevice, tell: Tell): void {
  const active = tree.text('sys/class/tty/console/active') ?? tree.text('sys/devices/virtual/tty/console/active');
  const screens = tree.names('sys/class/graphics').filter((name) => /^fb\d+$/.test(name));
  for (const screen of screens.slice(0, 16)) {
    const link = `sys/class/graphics/${screen}`;
    need('console', follow(tree, link), link);
  }
  for (const name of active?.split(/\s+/).slice(0, 16) ?? []) {
    const link = `sys/class/tty/${baseOf(name)}`;
    need('console', follow(tree, link), link);
  }
  if (active !== undefined || screens.length > 0)
    tell({ kind: 'need told', need: 'console', from: { file: tree.file, at: 'sys/class' } });
}

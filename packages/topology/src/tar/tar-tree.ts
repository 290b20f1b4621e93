import { firmwareInSysfs } from '../firmware/read-firmware.ts';
import { withoutEnd, type Tree } from '../sysfs/tree.ts';
import { tarReader, type TarEntry, type TarReader } from './tar.ts';

/** More entries than the sysfs of a big server has that are of interest; the archive is at fault. */
const most = 100_000;
/** sysfs has no longer files; a list of mounts may be. */
const longestText = (path: string): number => {
  // Linux takes no longer device tree (arm64, MAX_FDT_SIZE).
  if (isFirmware(path)) return 2 ** 21;
  return path.endsWith('mounts') ? 262_144 : 4096;
};
/** Of all files together. */
const mostText = 2 ** 26;

/** Links that tell of groups, drivers and buses; those of disks, cards and screens. */
const links = /(?:^|\/)(?:driver|subsystem|iommu_group|(?:devices|net|block|graphics|tty|slaves|dmi)\/[^/]+)$/;
const files =
  /(?:^|\/)(?:class|vendor|device|driver_override|boot_vga|reserved_regions|type|operstate|carrier|dm\/name|active|mounts|osrelease|version|cmdline|model|sys_vendor|product_name|board_name|bios_version|bios_date)$/;
const isFirmware = (path: string): boolean => firmwareInSysfs.some((one) => path.endsWith(one.replace('sys/', '')));
const folders =
  /(?:^|\/)(?:iommu_groups|iommu_groups\/\d+|iommu_groups\/\d+\/devices|bus|bus\/[^/]+\/devices|class|net|slaves\/[^/]+|\d+\/devices\/[^/]+)$/;

interface Kept {
  readonly target?: string;
  readonly text?: string;
  readonly bytes?: Uint8Array;
}

/** Takes an archive piece by piece and is a tree in the end. */
export interface TarTree {
  push(piece: Uint8Array): void;
  end(): { readonly tree: Tree; readonly says: readonly string[] };
}

/**
 * The sysfs tree in a tar archive, wherever in it the tree is. Only what the readers look at is kept.
 * Paths that lead out of the archive are left out, and said.
 */
export function tarTree(file: string): TarTree {
  const entries = new Map<string, Kept>();
  let outside = 0;
  let beyond = 0;
  let textLength = 0;
  const isWanted = ({ kind, path }: TarEntry): boolean =>
    // Processors and memory: many, and on no bus with DMA.
    !path.includes('devices/system/') &&
    ((kind === 'link' && links.test(path)) ||
      (kind === 'file' && (files.test(path) || isFirmware(path))) ||
      (kind === 'folder' && folders.test(path)));
  const reader: TarReader = tarReader(
    (entry) => (entry.kind === 'file' && isWanted({ ...entry, path: clean(entry.path) }) ? longestText(entry.path) : 0),
    (entry, content) => {
      const path = clean(entry.path);
      if (path.split('/').includes('..')) outside++;
      else if (!isWanted({ ...entry, path }) || path.length > 1024 || entry.target.length > 1024) return;
      else if (entries.size >= most || textLength >= mostText) beyond++;
      else if (entry.kind === 'link') entries.set(path, { target: entry.target });
      else if (entry.kind === 'file') {
        entries.set(
          path,
          isFirmware(path) ? { bytes: content.slice() } : { text: withoutEnd(new TextDecoder().decode(content)) },
        );
        textLength += content.length;
      } else if (!entries.has(path)) entries.set(path, {});
    },
  );
  return {
    push: (piece) => reader.push(piece),
    end: () => {
      const { isCut, problems } = reader.end();
      const [root, roots] = rootOf(entries.keys());
      return {
        tree: treeOf({ file, isCut }, entries, root),
        says: [
          ...problems.map((problem) => `${file}: ${problem}`),
          ...(roots > 1 ? [`${file}: it holds ${roots} trees; '${root || '.'}' is read`] : []),
          ...(outside > 0 ? [`${file}: ${outside} paths lead out of the archive and were left out`] : []),
          ...(beyond > 0 ? [`${file}: ${beyond} entries too many were left out`] : []),
        ],
      };
    },
  };
}

const clean = (path: string): string => path.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');

/** What stands before `sys` (or before `kernel/iommu_groups` and `bus`, of a tree without it), and how many such there are. */
function rootOf(paths: Iterable<string>): readonly [string, number] {
  const roots = new Set<string>();
  for (const path of paths) {
    const found = /^(.*?)(?:kernel\/iommu_groups|bus\/[^/]+\/devices)(?:\/|$)/.exec(path);
    if (found && roots.size < 1000) roots.add(found[1]!);
  }
  const [first = ''] = roots;
  return [first, roots.size];
}

function treeOf(about: Pick<Tree, 'file' | 'isCut'>, entries: ReadonlyMap<string, Kept>, root: string): Tree {
  const sys = root;
  const proc = root.endsWith('sys/') ? `${root.slice(0, -'sys/'.length)}proc/` : `${root}proc/`;
  const entriesOf = new Map<string, Set<string>>();
  for (const path of entries.keys()) {
    for (let at = path; at !== '';) {
      const cut = at.lastIndexOf('/');
      const folder = cut < 0 ? '' : at.slice(0, cut);
      const names = entriesOf.get(folder) ?? new Set<string>();
      entriesOf.set(folder, names);
      if (names.has(at.slice(cut + 1))) break;
      names.add(at.slice(cut + 1));
      at = folder;
    }
  }
  const within = (path: string): string => {
    if (path === 'sys' || path === 'proc') return (path === 'sys' ? sys : proc).replace(/\/$/, '');
    return path.startsWith('sys/') ? sys + path.slice('sys/'.length) : proc + path.slice('proc/'.length);
  };
  return {
    ...about,
    names: (path) => [...(entriesOf.get(within(path)) ?? [])].toSorted(),
    text: (path) => entries.get(within(path))?.text,
    bytes: (path) => entries.get(within(path))?.bytes,
    link: (path) => entries.get(within(path))?.target,
  };
}

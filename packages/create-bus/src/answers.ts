/** What a bus package is made of. */
export interface Answers {
  /** As in `--bus`, and the name of the folder. */
  readonly name: string;
  /** Which firmware node describes a device: its own, or its parent's, by an id. */
  readonly firmware: 'own' | 'parent';
  /** What decides the group: stream ids, the parent, or nothing, since there is no IOMMU above the bus. */
  readonly grouping: 'streams' | 'parent' | 'none';
  /** Its VFIO driver. */
  readonly vfio: string | undefined;
}

export const firmwares = ['own', 'parent'] as const;
export const groupings = ['streams', 'parent', 'none'] as const;

/** Buses that Busward has; a package of that name would take the place of one. */
const taken = ['amba', 'platform', 'fsl-mc', 'pci', 'host1x'];

/** What is wrong with the name, if something is. */
export function nameProblem(name: string | undefined): string | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name ?? ''))
    return `'${name ?? ''}' is no name for a bus; write it as Linux does, in small letters: ring, fsl-mc`;
  return taken.includes(name!) ? `there is a bus '${name}' already; give yours another name` : undefined;
}

/** `fsl-mc` as an identifier: `fslMc`. */
export function identifier(name: string): string {
  const camel = name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return isReserved(camel) ? `${camel}Bus` : camel;
}

/** `FslMc`. */
export const typeName = (name: string): string => {
  const camel = identifier(name);
  return `${camel[0]!.toUpperCase()}${camel.slice(1)}`;
};

/** A word of the language, or one that the written files use. */
const isReserved = (word: string): boolean =>
  /^(break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|await|async|arguments|eval|undefined|firmware|isolation|history|device|describe|expect|it|conformance|test)$/.test(
    word,
  );

/** One variable of the kernel's state, with every value it can have. A state is one index into `values` per cell. */
export interface Cell<T = unknown> {
  readonly id: number;
  readonly name: string;
  readonly values: readonly T[];
  readonly initial: T;
}

/** What a step sees of the state while it runs. */
export interface Cells {
  get<T>(cell: Cell<T>): T;
  /** Throws {@link OutOfRange} when the cell has no such value. */
  set<T>(cell: Cell<T>, value: T): void;
  emit(event: Happening): void;
}

/**
 * What a step did beyond writing cells. Principles that speak of the moment something is granted or refused
 * are judged on these, and witnesses print them.
 */
export type Happening =
  /** The probe of a driver that does not manage DMA itself begins. */
  | { readonly kind: 'started'; readonly device: string }
  /** A claim; an attach, where the strategy has no claim. */
  | { readonly kind: 'granted'; readonly user: string; readonly group: string }
  /** A `use`, and with it a bind. */
  | { readonly kind: 'kernel refused'; readonly device: string; readonly errno: string }
  /** What else would have been granted. */
  | { readonly kind: 'user refused'; readonly user: string; readonly group: string; readonly errno: string }
  /** The last member left, and the group was so. */
  | {
      readonly kind: 'emptied';
      readonly device: string;
      readonly group: string;
      readonly owner: string;
      readonly ownerCount: number;
      readonly domain: string;
    }
  /** A move put the device on a domain that its group neither came from nor was meant to go to. */
  | { readonly kind: 'strayed'; readonly device: string; readonly domain: string }
  /** A WARN_ON, or a line in the log. */
  | { readonly kind: 'warned'; readonly group: string; readonly text: string }
  | { readonly kind: 'crashed'; readonly device: string; readonly text: string };

/** A cell was given a value outside its range: for a count this is a violation of P4, not an error of the tool. */
export class OutOfRange extends Error {
  readonly cell: Cell;
  constructor(cell: Cell, value: unknown) {
    super(`${cell.name} would become ${String(value)}; its values are ${cell.values.map(String).join(', ')}`);
    this.cell = cell;
  }
}

/** Collects cells while a machine is laid out; the order of creation is the order in the state. */
export function cellMaker(): {
  readonly cells: readonly Cell[];
  make<T>(name: string, values: readonly T[], initial: T): Cell<T>;
} {
  const cells: Cell[] = [];
  return {
    cells,
    make(name, values, initial) {
      const cell = Object.freeze({ id: cells.length, name, values, initial });
      cells.push(cell);
      return cell;
    },
  };
}

import type { Compiled } from './compile.ts';

/** The cells of a device and of what users have of it, in one order for all devices. */
export function cellsOf({ system: { kernel } }: Compiled, device: string): readonly number[] {
  const { layout, machine } = kernel;
  return [layout.device(device), ...machine.users.map(({ name }) => layout.file(name, device))].flatMap((cells) =>
    Object.values(cells).map(({ id }) => id),
  );
}

import type { Device, Facts } from '../machine.ts';
import type { FirmwareLookup } from './bus.ts';

/** What firmware says of a device that it describes itself, as platform and amba devices are. */
export type NodeFacts = {
  /** Its own device-tree node; '' if it has none. */
  readonly node: string;
  /** Its ACPI companion, where there is no node. */
  readonly acpi?: string;
  /** Stream ids from its `iommus`, as `smmu@0x12`. */
  readonly streams?: readonly string[];
};

/** The device's own node, else its ACPI companion; the ids are in the node's `iommus`. */
export function ownNode({ facts }: Device<string, NodeFacts & Facts>): FirmwareLookup | undefined {
  if (facts.node !== '') return { node: facts.node };
  return facts.acpi === undefined ? undefined : { node: facts.acpi };
}

/** Devices with a stream id in common share a group; one without ids is told apart by its name. */
export const ownStreams = ({ name, bus, facts }: Device<string, NodeFacts & Facts>): readonly string[] =>
  facts.streams && facts.streams.length > 0 ? facts.streams : [`${bus} ${name}`];

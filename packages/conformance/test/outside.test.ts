import { clausesOf, conformance, tell } from '@busward/conformance';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import { cdx } from '../../../examples/4-cdx/bus.js';
import { vmbus } from '../../../examples/5-vmbus/bus.js';
import { ring } from '../../../examples/6-fabric/bus.js';

/* A bus without an IOMMU (examples/5-vmbus). */
conformance(vmbus, { describe, it, expect, reference: platform });

/* A bus with a refinement (examples/6-fabric). */
conformance(ring, { describe, it, expect, reference: platform });

/* The real sixth bus, from outside (examples/4-cdx): corrected, and as upstream has it (drivers/cdx/cdx.c). */
conformance(cdx, { describe, it, expect, reference: platform });

const noticing = (version: string) =>
  clausesOf(cdx.at(version), { reference: platform }).flatMap((clause) => {
    const finding = clause.look();
    return finding ? [tell('cdx', clause, finding)] : [];
  });

describe('what the kit says of cdx as it was', () => {
  it('6.4 has no check', () => {
    const said = noticing('6.4');
    expect(said.map((text) => /^bus 'cdx', ([^:,]*)/.exec(text)![1])).toEqual([
      'rule 1',
      'the principles hold',
      'it allows and denies what platform does',
    ]);
    expect(said[0]).toContain('the shared check was not asked');
    expect(said[0]).toContain(`
    bind neighbour-0 to vfio-platform  = OK
    u0: claim g  = OK
    bind cdx-a to kernel-driver  = OK
    breaks P1 (never a mixture) at cdx-a`);
  });
  it('6.5 loses the verdict, and gives back what it did not get', () => {
    const said = noticing('6.5');
    expect(said.map((text) => /^bus 'cdx', ([^:,]*)/.exec(text)![1])).toEqual(
      expect.arrayContaining(['rule 1', 'rule 4', 'the principles hold']),
    );
    expect(said[0]).toContain('dma_configure returned OK, where ownership.use had said EBUSY');
    expect(said[0]).toContain('change: return what ownership.use returned');
    expect(said[1]).toContain('dma_unconfigure gave back 1, where dma_configure had been granted 0');
    expect(said[1]).toContain('breaks P4');
  });
});

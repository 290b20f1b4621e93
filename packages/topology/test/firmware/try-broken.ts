import { InputError, type Bus } from '@busward/core';
import { predict, readFirmware, readSources, score } from '@busward/topology';

/** What came of reading broken firmware and doing all that is done with firmware. */
export type Came = 'read whole' | 'read in part' | 'refused';

const names = ['0000:00:01.0', '0000:01:00.0', '0001:00:00.0', 'dpni.1', 'dprc.1', 'host1x-ctx.3', '3400000.mmc'];

/** Throws what must not be thrown: anything but an InputError that names the file and a place in it. */
export function tryBroken(bytes: Uint8Array, buses: readonly Bus[]): Came {
  try {
    const firmware = readFirmware('broken', bytes);
    const prediction = predict(firmware, buses, names);
    score(
      prediction,
      names.map((name) => ({ name, group: '1' })),
    );
    const text = JSON.stringify(prediction, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    // eslint-disable-next-line no-control-regex
    if (/[\x00-\x1f\x7f-\x9f]/.test(JSON.parse(text) && text)) throw new Error('a control character in the prediction');
    const damaged = prediction.damage.length > 0;
    const log = { file: 'log', text: 'pci 0000:00:01.0: Adding to iommu group 0\n' };
    readSources([{ file: 'broken', firmware: bytes }, log], buses);
    return damaged ? 'read in part' : 'read whole';
  } catch (error) {
    if (
      error instanceof InputError &&
      /^broken: .*(offset 0x|no root node at 0x|ends after \d+ bytes)/.test(error.message)
    )
      return 'refused';
    throw error;
  }
}

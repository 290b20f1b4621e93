import type { Written } from './package-files.ts';

/** The kit, and one test of the bus's own. */
export const testFile = (written: Written): string =>
  (written.language === 'ts' ? inTypeScript : inJavaScript)(written);

const inTypeScript = ({ name, bus, grouping }: Written): string => `import { conformance } from '@busward/conformance';
import { device, groupDevices } from '@busward/core';
import { ${bus} } from '@busward/${name}';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';

conformance(${bus}, { describe, it, expect, reference: platform });

describe('${name}', () => {
  it('${says[grouping]}', () => {
    const devices = ['${name}0', '${name}1'].map((name) => device(${bus}, name));
    expect(groupDevices(devices, [${bus}]).map(({ group }) => group)).toEqual([${groups[grouping]}]);
  });
});
`;

const inJavaScript = ({ name, bus, grouping }: Written): string => `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conformance } from '@busward/conformance';
import { device, groupDevices } from '@busward/core';
import { platform } from '@busward/platform';
import { ${bus} } from '../src/index.js';

conformance(${bus}, { describe, it, reference: platform });

describe('${name}', () => {
  it('${says[grouping]}', () => {
    const devices = ['${name}0', '${name}1'].map((name) => device(${bus}, name));
    assert.deepEqual(
      groupDevices(devices, [${bus}]).map(({ group }) => group),
      [${groups[grouping]}],
    );
  });
});
`;

const says = {
  streams: 'tells two plain devices apart',
  parent: 'puts everything below one parent into one group',
  none: 'gives its devices no group',
};
const groups = { streams: "'group 0', 'group 1'", parent: "'group 0', 'group 0'", none: 'undefined, undefined' };

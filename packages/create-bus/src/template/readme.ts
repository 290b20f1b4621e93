import type { Written } from './package-files.ts';

/** What the package is, and how it is used. */
export const readme = ({ name, bus, language }: Written): string =>
  language === 'ts'
    ? `# @busward/${name}

The ${name} bus: hook, firmware lookup, grouping rule, history.

\`\`\`ts
import { ${bus} } from '@busward/${name}';
\`\`\`

Part of Busward, which compares \`dma_configure\` strategies bus by bus. More in the repository: \`docs/buses/README.md\`.
`
    : `# busward-${name}

The ${name} bus for Busward: hook, firmware lookup, grouping rule, history.

\`\`\`sh
npm test                         # the conformance kit, and tests of its own
busward compare --bus ./${name}  # what each strategy means for its devices
\`\`\`
`;

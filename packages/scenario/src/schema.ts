import * as z from 'zod';

/* A scenario file. What is described here is what an editor shows; the rest of the meaning is in read.ts. */

const name = z.string().regex(/^(?!.*(: |[=()]))\S.*$/, "expected a name without ': ', =, ( or )");
const operations = z.array(z.string());
const facts = z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1)]);

const driverAbout = z.strictObject({
  is: z.enum(['kernel', 'stub', 'user']).default('kernel'),
  failsAt: z.enum(['pinctrl', 'sysfs', 'pm_domain', 'probe', 'dev_groups']).optional(),
  failsWith: z.enum(['ENODEV', 'EIO', 'EINVAL', 'ENXIO', 'EBUSY', 'EPROBE_DEFER']).optional(),
  ownDomain: z.union([z.literal(true), z.literal('identity')]).optional(),
});
const driver = z.union([z.enum(['kernel', 'stub', 'user']), driverAbout]);

const deviceAbout = z.strictObject({
  bus: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).optional(),
  joins: z.enum(['when added', 'at first bind']).optional(),
  direct: z.boolean().optional(),
  bridge: z.boolean().optional(),
  drivers: z.record(name, driver).describe('what is different about drivers on this device').optional(),
  failsToAttach: z.literal('blocking').optional(),
  absent: z.literal(true).optional(),
  sameStreamAs: z.string().optional(),
  joined: z.literal(true).optional(),
  returnsAs: z.string().optional(),
});
const device = z.union([z.string(), deviceAbout]);

const machine = z.strictObject({
  devices: z.record(name, device).describe('by name: the bus, or more about the device'),
  groups: z
    .record(name, z.array(z.string()).min(1))
    .describe('IOMMU groups and their devices; without it the buses group them by their own rules')
    .optional(),
  drivers: z.record(name, driver).describe('drivers beside those that the buses know').default({}),
  users: z.record(name, z.enum(['container', 'iommufd'])).default({ u0: 'container' }),
  iommu: z.enum(['present', 'later']).default('present'),
  withoutOps: z
    .record(name, z.enum(['fake', 'real']))
    .describe('groups without iommu_ops')
    .optional(),
  testRemove: z.boolean().default(false),
  overrides: z
    .literal(true)
    .optional()
    .describe('driver_override is state, and kept to by whatever looks for a driver'),
  type: z.enum(['DMA', 'DMA-FQ', 'identity']).describe("type of the groups' default domains").optional(),
  autoType: z
    .enum(['DMA', 'DMA-FQ', 'identity'])
    .describe("what 'auto' makes of a type; DMA, if nothing is said")
    .optional(),
});

export const scenarioFile = z.strictObject({
  question: z.string().min(1).describe('what it answers, in one sentence'),
  id: z.string().optional(),
  title: z.string().optional(),
  story: z.string().optional(),
  sources: z
    .array(z.string())
    .default([])
    .describe('commits, files and functions, Message-Ids, links; or "hypothesis"'),
  load: z.string().describe('a plugin that it needs: a path, seen from this file').optional(),
  machine,
  before: operations.describe('done first, one after the other').default([]),
  actors: z.record(name, operations).describe('who does what; the name of a user stands for the user').default({}),
  when: facts.describe('for never: what has to be possible').default([]),
  never: facts.optional(),
  sometimes: facts.optional(),
  always: facts.optional(),
  expect: z
    .strictObject({ holds: z.array(z.string()).default([]), fails: z.array(z.string()).default([]) })
    .describe('profiles (linux@6.12), strategies, or variants of them (v8 but vfio.lastDevice=leaves)'),
});

/** The keys that are known, by what they are about. */
export const keysOf = {
  file: Object.keys(scenarioFile.shape),
  machine: Object.keys(machine.shape),
  device: Object.keys(deviceAbout.shape),
  driver: Object.keys(driverAbout.shape),
  expect: ['holds', 'fails'],
};

export type ScenarioFile = z.infer<typeof scenarioFile>;

/** The JSON Schema for editors, as it is shipped in scenario.schema.json. */
export const scenarioJsonSchema = (): object => z.toJSONSchema(scenarioFile, { io: 'input' });

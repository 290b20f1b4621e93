export { diffJsonSchema, diffSchema } from './diff/diff-schema.ts';
export { matrixJsonSchema, matrixSchema } from './matrix/matrix-schema.ts';

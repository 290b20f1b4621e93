export { tell, type Clause, type Finding } from './clause.ts';
export { clausesOf, conformance, type Comparison, type Runner } from './conformance.ts';

import { Worker } from 'node:worker_threads';
import type { Helper } from '@busward/explorer';

/** A second worker for a search, on a thread that ends with the search, or with the process. */
export const secondWorker: Helper = (module, memory) => {
  const worker = new Worker(run, { eval: true, workerData: { module, memory } });
  // One that cannot begin is not waited for.
  worker.on('error', () => {});
  worker.unref();
};

const run = `
  const { module, memory } = require('node:worker_threads').workerData;
  new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } }).exports.help();
`;

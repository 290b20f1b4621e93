import { register } from 'node:module';

/* For `node --import`: from here on the kernel's modules are instrumented. */
register('./load-hook.ts', import.meta.url);

/**
 * A loader that gives plugins this tool's own copy of every package it has: steps made by another copy of core would be
 * no steps here. So a plugin needs nothing installed. It also takes the types out of TypeScript, as newer Nodes do.
 */
export const sharedCore = `data:text/javascript,${encodeURIComponent(`
  import { readFile } from 'node:fs/promises';
  import { createRequire } from 'node:module';
  let tool;
  export const initialize = (url) => void (tool = url);
  export const resolve = async (name, context, next) => {
    if (!name.startsWith('@busward/')) return next(name, context);
    return next(name, { ...context, parentURL: tool }).catch(() => next(name, context));
  };
  export const load = async (url, context, next) => {
    if (!/^file:.*\\.m?ts$/.test(url) || url.includes('/node_modules/')) return next(url, context);
    const { transformSync } = createRequire(tool)('amaro');
    try {
      const { code } = transformSync(await readFile(new URL(url), 'utf8'), { mode: 'strip-only' });
      return { format: 'module', source: code, shortCircuit: true };
    } catch ({ message, startLine, startColumn }) {
      const place = new URL(url).pathname + ':' + startLine + ':' + (startColumn + 1);
      throw new SyntaxError(message.replace(/\\. .*/s, '') + ' (' + place + ')');
    }
  };`)}`;

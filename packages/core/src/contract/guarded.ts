import { notMinding } from '../minded.ts';
import { PluginError } from '../plugin-error.ts';

/**
 * What a plugin is shown: asking for something that is not there, or writing what may only be read, is an error and not
 * `undefined`. What the kernel looks at to answer is not noted as the plugin's. `what` names the plugin and the thing, for the message.
 */
export function guarded<T extends object>(view: T, what: string): T {
  return new Proxy(view, {
    get(target, part) {
      // JSON.stringify() asks everything for `toJSON`.
      if (typeof part === 'string' && !(part in target) && part !== 'toJSON')
        throw new PluginError(`${what} has no '${part}'; it has ${Object.keys(target).join(', ')}`);
      const shown: unknown = notMinding(() => Reflect.get(target, part));
      return typeof shown === 'function'
        ? (...of: unknown[]): unknown => notMinding(() => shown.apply(target, of))
        : shown;
    },
    set(target, part, value) {
      const of = Object.getOwnPropertyDescriptor(target, part);
      if (!of) throw new PluginError(`${what} has no '${String(part)}'; it has ${Object.keys(target).join(', ')}`);
      if (!of.set) throw new PluginError(`${what}: '${String(part)}' can be read only`);
      return Reflect.set(target, part, value);
    },
  });
}

/** A plugin that breaks the contract. The message names the plugin and the hook, and says what to write instead. */
export class PluginError extends Error {}

/** Runs a plugin's function. What it throws becomes a PluginError that begins with `what`. */
export function blamed<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof PluginError) throw error;
    throw new PluginError(`${what}: threw '${error instanceof Error ? error.message : String(error)}'`);
  }
}

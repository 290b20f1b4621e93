/** A plugin that breaks the contract. The message names the plugin and the hook, and says what to write instead. */
export class PluginError extends Error {}

/** One whose message does not name the plugin, since nothing knows it where it is thrown: {@link blamed} does. */
export class NamelessError extends PluginError {}

/** Runs a plugin's function. What it throws becomes a PluginError that begins with `what`. */
export function blamed<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw blamedOn(what, error);
  }
}

/** What {@link blamed} makes of an error. */
export function blamedOn(what: string, error: unknown): PluginError {
  if (error instanceof NamelessError) return new PluginError(`${what}: ${error.message}`);
  if (error instanceof PluginError) return error;
  return new PluginError(`${what}: threw '${error instanceof Error ? error.message : String(error)}'`);
}

/** A plugin that breaks the contract. The message names the plugin and the hook, and says what to write instead. */
export class PluginError extends Error {}

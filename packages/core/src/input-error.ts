/** Something a person gave is not what it should be. The message names the file, the place, what was expected and what to do. */
export class InputError extends Error {}

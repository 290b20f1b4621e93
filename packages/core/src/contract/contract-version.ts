/**
 * The version of the contract between a bus and this package. It grows when a bus that was right may be wrong, or may ask
 * for something that was not there; a bus says in `contract` which one it was written for.
 */
export const contractVersion = 1;

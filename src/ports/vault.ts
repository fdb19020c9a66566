/** Seals small secrets for rest under the node's local storage key (never leaves the node). */
export interface Vault {
  seal(secret: Uint8Array, context: string): Uint8Array;
  /** Throws when the sealed bytes were altered or belong to another context: that is damage. */
  open(sealed: Uint8Array, context: string): Uint8Array;
}

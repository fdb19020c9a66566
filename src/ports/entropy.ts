/** Random bytes for salts, nonces and keys. */
export interface Entropy {
  bytes(length: number): Uint8Array;
}

/** The one Ed25519 predicate (RFC 8032) and the sanity check of public keys. */
export interface Verifier {
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** The same answer off the event loop's thread. */
  verifyAsync(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** 32 bytes, canonical, not of small order, torsion-free. */
  isSaneKey(publicKey: Uint8Array): boolean;
}

import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';

/** Curves in use: signatures (RFC 8032) and key agreement (RFC 7748). */
export type Curve = 'ed25519' | 'x25519';

// PKCS #8 and SubjectPublicKeyInfo headers of RFC 8410: everything before the 32 raw bytes.
const PRIVATE_HEADER: Readonly<Record<Curve, Uint8Array>> = {
  ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
  x25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
};
const PUBLIC_HEADER: Readonly<Record<Curve, Uint8Array>> = {
  ed25519: Buffer.from('302a300506032b6570032100', 'hex'),
  x25519: Buffer.from('302a300506032b656e032100', 'hex'),
};

/** Raw 32-byte halves of a key pair. */
export interface RawKeyPair {
  readonly curve: Curve;
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

export function privateKeyObject(curve: Curve, raw: Uint8Array): KeyObject {
  const key = Buffer.concat([PRIVATE_HEADER[curve], raw]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

export function publicKeyObject(curve: Curve, raw: Uint8Array): KeyObject {
  const key = Buffer.concat([PUBLIC_HEADER[curve], raw]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

function rawPublic(key: KeyObject): Uint8Array {
  return key.export({ format: 'der', type: 'spki' }).subarray(-32);
}

/** The pair of a raw private key. */
export function keyPairOf(curve: Curve, privateKey: Uint8Array): RawKeyPair {
  const publicKey = rawPublic(createPublicKey(privateKeyObject(curve, privateKey)));
  return { curve, privateKey, publicKey };
}

export function generateKeyPair(curve: Curve): RawKeyPair {
  const { privateKey, publicKey } =
    curve === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
  const raw = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  return { curve, privateKey: raw, publicKey: rawPublic(publicKey) };
}

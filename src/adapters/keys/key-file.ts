import { randomBytes, scrypt } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { utf8 } from '../../base/bytes.js';
import { openBytes, sealBytes } from './aead.js';
import { KeyError } from './key-error.js';
import type { RawKeyPair } from './key-pair.js';
import { keyPairOf } from './key-pair.js';

/** Cost of the passphrase function (scrypt, RFC 7914): N = 2^log2N, r, p. */
export interface ScryptCost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** About 100 ms and 64 MiB for each guess. */
export const DEFAULT_COST: ScryptCost = { log2N: 16, r: 8, p: 1 };

const hex = z.string().regex(/^(?:[0-9a-f]{2})+$/);
const fileSchema = z.strictObject({
  format: z.literal('entente-key/1'),
  curve: z.enum(['ed25519', 'x25519']),
  purpose: z.string().min(1).max(128),
  publicKey: hex.length(64),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    log2N: z.int().min(10).max(20),
    r: z.int().min(1).max(32),
    p: z.int().min(1).max(16),
    salt: hex.length(32),
  }),
  sealed: hex,
});
type KeyFile = z.infer<typeof fileSchema>;

function derive(passphrase: string, kdf: Omit<KeyFile['kdf'], 'name'>): Promise<Uint8Array> {
  const { log2N, r, p, salt } = kdf;
  const N = 2 ** log2N;
  const options = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'hex'), 32, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

/** Curve, purpose and public key are bound to the sealed bytes: a file cannot pass for another. */
function bindOf(file: Pick<KeyFile, 'curve' | 'purpose' | 'publicKey'>): Uint8Array {
  return utf8(['entente-key/1', file.curve, file.purpose, file.publicKey].join('\n'));
}

/** The text of a key file: the private key encrypted under a passphrase. */
export async function sealKeyFile(
  pair: RawKeyPair,
  purpose: string,
  passphrase: string,
  cost: ScryptCost = DEFAULT_COST,
): Promise<string> {
  const kdf = { name: 'scrypt' as const, ...cost, salt: randomBytes(16).toString('hex') };
  const publicKey = Buffer.from(pair.publicKey).toString('hex');
  const named = { format: 'entente-key/1' as const, curve: pair.curve, purpose, publicKey };
  const key = await derive(passphrase, kdf);
  const sealed = Buffer.from(sealBytes(key, bindOf(named), pair.privateKey)).toString('hex');
  const file: KeyFile = { ...named, kdf, sealed };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function parseKeyFile(text: string): KeyFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new KeyError('KEY_FILE_DAMAGED', 'the key file is not JSON', { cause });
  }
  const parsed = fileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.map(String).join('.') ?? '';
  throw new KeyError('KEY_FILE_DAMAGED', `key file: ${field} ${issue?.message ?? 'is invalid'}`);
}

/** The public half of a key file, readable without its passphrase. */
export function publicKeyOfFile(text: string): { publicKey: Uint8Array; purpose: string } {
  const { publicKey, purpose } = parseKeyFile(text);
  return { publicKey: Buffer.from(publicKey, 'hex'), purpose };
}

/** The key pair of a key file. Throws KeyError WRONG_PASSPHRASE or KEY_FILE_DAMAGED. */
export async function openKeyFile(text: string, passphrase: string): Promise<RawKeyPair> {
  const file = parseKeyFile(text);
  const key = await derive(passphrase, file.kdf);
  const raw = openBytes(key, bindOf(file), Buffer.from(file.sealed, 'hex'));
  if (raw?.length !== 32) {
    throw new KeyError(
      'WRONG_PASSPHRASE',
      'the passphrase does not open this key, or it was altered',
    );
  }
  const pair = keyPairOf(file.curve, raw);
  if (Buffer.from(pair.publicKey).toString('hex') !== file.publicKey) {
    throw new KeyError(
      'KEY_FILE_DAMAGED',
      'the public key in the file is not that of the private key',
    );
  }
  return pair;
}

/** Reads a key file that only its owner may read. */
export function readKeyFile(path: string): string {
  let mode: number;
  try {
    mode = statSync(path).mode;
  } catch (cause) {
    throw new KeyError('KEY_FILE_MISSING', `there is no key file ${path}`, { cause });
  }
  // Windows has no such modes; elsewhere a key that others can read is not a secret.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new KeyError('KEY_FILE_EXPOSED', `${path} can be read by others; chmod 600 ${path}`);
  }
  return readFileSync(path, 'utf8');
}

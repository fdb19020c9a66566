import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Curve, RawKeyPair } from '../adapters/keys/index.js';
import {
  createSigner,
  createVault,
  createVerifier,
  generateKeyPair,
  KeyError,
  openKeyFile,
  publicKeyOfFile,
  readKeyFile,
  sealKeyFile,
} from '../adapters/keys/index.js';
import type { KeyChecks } from '../core/identity/index.js';
import { thumbprint } from '../domain/codec/cose.js';
import type { Kid } from '../domain/ids.js';
import type { Signer } from '../ports/signer.js';
import type { Vault } from '../ports/vault.js';
import type { Home } from './home.js';
import { writePrivateFile } from './private-file.js';
import { refuse } from './refusal-error.js';

/** The public half of a key file: readable without its passphrase. */
export interface PublicKeyFile {
  readonly kid: Kid;
  readonly publicKey: Uint8Array;
}

type Ask = () => Promise<string>;

const CODES = {
  WRONG_PASSPHRASE: ['BAD_PASSPHRASE', 'give the right passphrase'],
  KEY_FILE_DAMAGED: ['DAMAGED', 'restore the key file from a backup'],
  KEY_FILE_EXPOSED: ['CONFIG', 'close the key file to others: chmod 600'],
  KEY_FILE_MISSING: ['NOT_FOUND', 'check --home and the name of the key'],
  VAULT_DAMAGED: ['DAMAGED', 'restore the store from a backup'],
} as const;

/** A failure of the key adapter as a refusal; any other error passes. */
function refusalOf(name: string, error: unknown): unknown {
  if (!(error instanceof KeyError)) return error;
  const [code, remedy] = CODES[error.code];
  const field = `keys/${name}.json`;
  const rule = 'a key file is private, whole, and opened by its passphrase';
  return refuse(code, field, { rule, detail: `${field}: ${error.message}`, remedy });
}

async function guarded<T>(name: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    const refused = refusalOf(name, error);
    if (refused instanceof Error) throw refused;
    throw new Error(String(refused));
  }
}

function pathOf(home: Home, name: string): string {
  if (/^[A-Za-z0-9._-]{1,128}$/.test(name)) return join(home.keys, `${name}.json`);
  throw refuse('USAGE', 'key', {
    rule: 'a key is named by letters, digits, dot, underscore and hyphen',
    detail: `not a name of a key: ${name}`,
    remedy: 'name a key of keys/',
  });
}

async function make(home: Home, name: string, curve: Curve, ask: Ask): Promise<PublicKeyFile> {
  const path = pathOf(home, name);
  if (existsSync(path)) {
    throw refuse('EXISTS', `keys/${name}.json`, {
      rule: 'a key file is never replaced',
      detail: `${path} is there already`,
      remedy: 'choose another name',
    });
  }
  const pair = generateKeyPair(curve);
  writePrivateFile(path, await sealKeyFile(pair, name, await ask()));
  return { kid: thumbprint(pair.publicKey), publicKey: Uint8Array.from(pair.publicKey) };
}

/** Makes an Ed25519 key, encrypted at rest under the passphrase. */
export function createKey(home: Home, name: string, ask: Ask): Promise<PublicKeyFile> {
  return make(home, name, 'ed25519', ask);
}

/** Makes the X25519 key that release keys are wrapped for, in `keys/hpke.json`. */
export function createHpkeKey(home: Home, ask: Ask): Promise<PublicKeyFile> {
  return make(home, 'hpke', 'x25519', ask);
}

export function publicKeyOf(home: Home, name: string): Promise<PublicKeyFile> {
  return guarded(name, async () => {
    const publicKey = Uint8Array.from(publicKeyOfFile(readKeyFile(pathOf(home, name))).publicKey);
    return { kid: thumbprint(publicKey), publicKey };
  });
}

/** Unlocks a signing key of the home; the passphrase is asked for only when the file is there. */
export function openSigner(home: Home, name: string, ask: Ask): Promise<Signer> {
  return guarded(name, async () => {
    const text = readKeyFile(pathOf(home, name));
    return createSigner(await openKeyFile(text, await ask()));
  });
}

/** Opens a key pair of the home, for what needs the raw key: transport and key agreement. */
export function openKeyPair(home: Home, name: string, ask: Ask): Promise<RawKeyPair> {
  return guarded(name, async () => openKeyFile(readKeyFile(pathOf(home, name)), await ask()));
}

/** A signer that unlocks its key file at the first signature. */
export async function lazySigner(home: Home, name: string, ask: Ask): Promise<Signer> {
  const { kid, publicKey } = await publicKeyOf(home, name);
  let opened: Promise<Signer> | undefined;
  return {
    kid,
    publicKey,
    sign: async (message) => (await (opened ??= openSigner(home, name, ask))).sign(message),
  };
}

/** The local storage key: derived from the transport key, which outlives renewals of credentials. */
export async function openVault(home: Home, ask: Ask): Promise<Vault> {
  return createVault((await openKeyPair(home, 'transport', ask)).privateKey);
}

/** The one signature predicate, for what is verified without a node. */
export const keyChecks: KeyChecks = createVerifier();

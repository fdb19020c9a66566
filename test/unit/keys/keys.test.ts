import { mkdtempSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { createCipheriv } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ED25519_VECTORS } from '../../../scripts/vectors/ed25519.js';
import {
  KEM_X25519,
  createSealer,
  createSigner,
  createVault,
  createVerifier,
  generateKeyPair,
  openKeyFile,
  publicKeyOfFile,
  readKeyFile,
  sealKeyFile,
} from '../../../src/adapters/keys/index.js';
import { concatBytes, fromHex, u32be, utf8 } from '../../../src/base/bytes.js';
import { cborMap, encodeCbor } from '../../../src/domain/codec/dcbor.js';
import { hashHex } from '../../../src/domain/codec/hash.js';
import { commitmentOf } from '../../../src/domain/codec/release-keys.js';
import type { Digest } from '../../../src/domain/ids.js';

const verifier = createVerifier();
const folder = mkdtempSync(path.join(tmpdir(), 'entente-keys-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('Ed25519', () => {
  it.each(ED25519_VECTORS.signatures)('$name', async (v) => {
    const [key, message, signature] = [v.public, v.message, v.signature].map(fromHex) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    expect(verifier.isSaneKey(key)).toBe(v.keySane);
    expect(verifier.verify(key, message, signature)).toBe(v.signatureGood);
    expect(await verifier.verifyAsync(key, message, signature)).toBe(v.signatureGood);
  });

  it.each(ED25519_VECTORS.insaneKeys)('refuses a key: $name', (v) => {
    expect(verifier.isSaneKey(fromHex(v.public))).toBe(false);
  });

  it('verifies what it signs, and nothing of another length', async () => {
    const signer = createSigner(generateKeyPair('ed25519'));
    const signature = await signer.sign(utf8('m'));
    expect(verifier.isSaneKey(signer.publicKey)).toBe(true);
    expect(verifier.verify(signer.publicKey, utf8('m'), signature)).toBe(true);
    expect(verifier.verify(signer.publicKey, utf8('n'), signature)).toBe(false);
    expect(verifier.verify(signer.publicKey, utf8('m'), signature.subarray(1))).toBe(false);
    expect(await verifier.verifyAsync(new Uint8Array(31), utf8('m'), signature)).toBe(false);
  });
});

describe('key file', () => {
  const cost = { log2N: 10, r: 8, p: 1 };

  it.each(['ed25519', 'x25519'] as const)('opens %s with its passphrase alone', async (curve) => {
    const pair = generateKeyPair(curve);
    const text = await sealKeyFile(pair, 'node', 'correct horse', cost);
    expect(text).not.toContain(Buffer.from(pair.privateKey).toString('hex'));
    const opened = await openKeyFile(text, 'correct horse');
    expect(Buffer.from(opened.privateKey)).toEqual(Buffer.from(pair.privateKey));
    expect(publicKeyOfFile(text).purpose).toBe('node');
    await expect(openKeyFile(text, 'wrong')).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    const renamed = text.replace('"node"', '"root"');
    await expect(openKeyFile(renamed, 'correct horse')).rejects.toMatchObject({
      code: 'WRONG_PASSPHRASE',
    });
    await expect(openKeyFile('{}', 'x')).rejects.toMatchObject({ code: 'KEY_FILE_DAMAGED' });
  });

  it('refuses a file that others can read, and names a missing one', () => {
    const file = path.join(folder, 'k.json');
    writeFileSync(file, 'x', { mode: 0o600 });
    expect(readKeyFile(file)).toBe('x');
    for (const mode of [0o640, 0o604]) {
      chmodSync(file, mode);
      expect(() => readKeyFile(file)).toThrow(
        expect.objectContaining({ code: 'KEY_FILE_EXPOSED' }),
      );
    }
    expect(() => readKeyFile(path.join(folder, 'none'))).toThrow(
      expect.objectContaining({ code: 'KEY_FILE_MISSING' }),
    );
  });
});

describe('vault', () => {
  it('opens in its own context alone', () => {
    const vault = createVault(new Uint8Array(32).fill(1));
    const sealed = vault.seal(utf8('secret'), 'rk/1');
    expect(Buffer.from(vault.open(sealed, 'rk/1')).toString()).toBe('secret');
    const damaged = expect.objectContaining({ code: 'VAULT_DAMAGED' });
    expect(() => vault.open(sealed, 'rk/2')).toThrow(damaged);
    expect(() => vault.open(sealed.subarray(1), 'rk/1')).toThrow(damaged);
    expect(() => createVault(new Uint8Array(32)).open(sealed, 'rk/1')).toThrow(damaged);
  });
});

const CEK = new Uint8Array(32).fill(5);
const BIND = new Uint8Array(32).fill(6);

describe('box', () => {
  const sealer = createSealer([]);
  const BAD = { ok: false, error: 'BAD_SEAL' };

  /** A box over any padded inner, as a dishonest sender might make it. */
  function craft(padded: Uint8Array, plaintext: Uint8Array, salt: Uint8Array) {
    const iv = new Uint8Array(12).fill(9);
    const cipher = createCipheriv('aes-256-gcm', CEK, iv).setAAD(BIND);
    const ct = concatBytes(cipher.update(padded), cipher.final(), cipher.getAuthTag());
    const box = encodeCbor(cborMap([0, 1], [1, iv], [2, ct]));
    return { box, boxHash: hashHex(box) as Digest, commitment: commitmentOf(salt, plaintext) };
  }

  it('opens what it seals, in the smallest bucket, with a fresh iv', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (plaintext) => {
        const sealed = sealer.seal(CEK, BIND, plaintext);
        const opened = sealer.open(CEK, BIND, sealed);
        expect(opened.ok && Buffer.from(opened.value).equals(Buffer.from(plaintext))).toBe(true);
      }),
      { numRuns: 50 },
    );
    const text = utf8('TRACK 1234');
    expect(sealer.seal(CEK, BIND, text)).toMatchObject({ bucket: 256, box: { length: 293 } });
    expect(sealer.seal(CEK, BIND, new Uint8Array(65_400)).bucket).toBe(65_536);
    expect(sealer.seal(CEK, BIND, text).boxHash).not.toBe(sealer.seal(CEK, BIND, text).boxHash);
  });

  it('refuses every flipped bit, another key, another bind and another commitment', () => {
    const sealed = sealer.seal(CEK, BIND, utf8('TRACK 1234'));
    for (let at = 0; at < sealed.box.length; at++) {
      const box = Uint8Array.from(sealed.box);
      box[at] = (box[at] ?? 0) ^ (1 << (at % 8));
      expect(sealer.open(CEK, BIND, { ...sealed, box })).toEqual(BAD);
      expect(sealer.open(CEK, BIND, { ...sealed, box, boxHash: hashHex(box) as Digest })).toEqual(
        BAD,
      );
    }
    expect(sealer.open(BIND, BIND, sealed)).toEqual(BAD);
    expect(sealer.open(CEK, CEK, sealed)).toEqual(BAD);
    expect(sealer.open(CEK, BIND, { ...sealed, commitment: sealed.boxHash })).toEqual(BAD);
  });

  it('refuses padding, lengths and inners that an honest sender never makes', () => {
    const salt = new Uint8Array(32);
    const text = utf8('x');
    const inner = encodeCbor(cborMap([0, salt], [1, text]));
    const pad = (length: number, size = 256) => {
      const out = new Uint8Array(size);
      out.set(concatBytes(u32be(length), inner));
      return out;
    };
    expect(sealer.open(CEK, BIND, craft(pad(inner.length), text, salt)).ok).toBe(true);
    const dirty = pad(inner.length);
    dirty[255] = 1;
    const crafted = [
      dirty,
      pad(253),
      pad(inner.length + 1),
      pad(inner.length - 1),
      pad(inner.length, 300),
      pad(0xffffffff),
    ];
    for (const padded of crafted) {
      expect(sealer.open(CEK, BIND, craft(padded, text, salt))).toEqual(BAD);
    }
    expect(sealer.open(CEK, BIND, craft(pad(inner.length), utf8('y'), salt))).toEqual(BAD);
  });
});

describe('wraps', () => {
  const [usa, aus, fra] = [0, 1, 2].map(() => generateKeyPair('x25519')) as [
    ReturnType<typeof generateKeyPair>,
    ReturnType<typeof generateKeyPair>,
    ReturnType<typeof generateKeyPair>,
  ];
  const to = (pair: typeof usa) => ({ kem: KEM_X25519, publicKey: pair.publicKey });

  it('open for their recipients at the stated index, and for nobody else', async () => {
    const { wraps, indexes } = await createSealer([]).wrap(CEK, [to(usa), to(aus)], BIND);
    expect(wraps).toHaveLength(4);
    expect(wraps.every(({ enc, wrapped }) => enc.length === 32 && wrapped.length === 48)).toBe(
      true,
    );
    for (const [i, pair] of [usa, aus].entries()) {
      expect(await createSealer([pair]).unwrap(wraps, BIND)).toEqual({
        index: indexes[i],
        secret: CEK,
      });
    }
    expect(await createSealer([fra]).unwrap(wraps, BIND)).toBeNull();
    expect(await createSealer([fra, usa]).unwrap(wraps, BIND)).toMatchObject({ index: indexes[0] });
  });

  it('do not open under the bind of another grant', async () => {
    const { wraps } = await createSealer([]).wrap(CEK, [to(usa)], BIND);
    expect(await createSealer([usa]).unwrap(wraps, CEK)).toBeNull();
  });

  it('are padded to 4, 8, 16 or 32', async () => {
    for (const [count, size] of [
      [4, 4],
      [5, 8],
      [9, 16],
      [17, 32],
    ] as const) {
      const { wraps, indexes } = await createSealer([]).wrap(
        CEK,
        Array.from({ length: count }, () => to(usa)),
        BIND,
      );
      expect(wraps).toHaveLength(size);
      expect(new Set(indexes).size).toBe(count);
    }
  });
});

import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { thumbprint } from '../../src/domain/codec/cose.js';
import { checkpointTbs } from '../../src/domain/codec/checkpoint.js';
import { hashHex } from '../../src/domain/codec/hash.js';
import type { Checkpoint, LeafHeader } from '../../src/domain/checkpoint.js';
import { PRECEDENCES } from '../../src/domain/event.js';
import type { Digest, ReleaseSetDigest } from '../../src/domain/ids.js';
import { nation } from '../../src/domain/ids.js';
import type { ClassKey, LogKey, OwnLog } from '../../src/core/log/index.js';
import { appendLeaf, checkpointHead, emptyOwnLog } from '../../src/core/log/index.js';

/** Deterministic bytes for tests. */
export function bytesOf(text: string, length = 32): Uint8Array {
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at += 32) {
    const block = createHash('sha256')
      .update(`${text}:${String(at)}`)
      .digest();
    out.set(block.subarray(0, Math.min(32, length - at)), at);
  }
  return out;
}

export const GBR = nation('GBR');
export const LOG_SECRET = bytesOf('log secret');

export function classKey(cls: number): ClassKey {
  return cls === 0 ? 'open' : (hashHex(`set ${String(cls)}`) as ReleaseSetDigest);
}

const pair = generateKeyPairSync('ed25519');
const rawKey = new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32));
export const LOG_KEY: LogKey = { kid: thumbprint(rawKey), publicKey: rawKey };

/** The signature predicate, for the one key of these tests. */
export function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array) {
  return Buffer.from(key).equals(rawKey) && verify(null, message, pair.publicKey, signature);
}

export function signCheckpoint(head: Omit<Checkpoint, 'kid' | 'signature'>): Checkpoint {
  const signature = new Uint8Array(sign(null, checkpointTbs(head, LOG_KEY.kid), pair.privateKey));
  return { ...head, kid: LOG_KEY.kid, signature };
}

export interface WrittenLeaf {
  readonly header: LeafHeader;
  readonly hash: Digest;
  readonly record: Uint8Array;
}

/** A log with its leaves and the checkpoint after each of them. */
export interface WrittenLog {
  readonly log: OwnLog;
  readonly states: readonly OwnLog[];
  readonly leaves: readonly WrittenLeaf[];
  readonly checkpointAt: (size: number) => Checkpoint;
}

/** Appends one leaf per class number given. */
export function writeLog(classes: readonly number[], recordBytes = 40): WrittenLog {
  const states: OwnLog[] = [emptyOwnLog(GBR)];
  const leaves: WrittenLeaf[] = [];
  let log = states[0]!;
  classes.forEach((cls, i) => {
    const record = bytesOf(`record ${String(i)}`, recordBytes);
    const appended = appendLeaf(log, {
      recordHash: hashHex(record) as Digest,
      classKey: classKey(cls),
      precedence: PRECEDENCES[i % 4]!,
      admittedS: 1_790_000_000 + i,
      expiryS: i % 2 === 0 ? 0 : 1_790_100_000 + i,
      salt: bytesOf(`salt ${String(i)}`, 16),
    });
    log = appended.log;
    states.push(log);
    leaves.push({ header: appended.header, hash: appended.leafHash, record });
  });
  const signed = new Map<number, Checkpoint>();
  const checkpointAt = (size: number): Checkpoint => {
    const made =
      signed.get(size) ?? signCheckpoint(checkpointHead(states[size]!, LOG_SECRET, 1_790_000_500));
    signed.set(size, made);
    return made;
  };
  return { log, states, leaves, checkpointAt };
}

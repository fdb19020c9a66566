import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, equalBytes } from '../../base/bytes.js';
import type { Result } from '../../base/result.js';
import { err } from '../../base/result.js';
import type { Ballot, SafetyGuard, SafetyRecord, SafetyState } from '../consensus.js';
import type { BinaryRefusal, ByteReader } from './consensus-bytes.js';
import { ByteWriter, decodeWhole } from './consensus-bytes.js';
import {
  readCertificate,
  readFlag,
  readTimeoutCertificate,
  writeCertificate,
  writeTimeoutCertificate,
} from './consensus-parts.js';

/** Durable forms of the safety state: version, content, SHA-256 of both. */

const VERSION = 1;
const CHECKSUM = 32;

function seal(content: Uint8Array): Uint8Array {
  return concatBytes(content, sha256(content));
}

function open<T>(bytes: Uint8Array, read: (r: ByteReader) => T): Result<T, BinaryRefusal> {
  const content = bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM));
  if (!equalBytes(sha256(content), bytes.subarray(content.length))) {
    return err({ code: 'MALFORMED', field: 'checksum', detail: 'is the SHA-256 of the content' });
  }
  return decodeWhole(content, (r) => {
    r.require(r.u8('version') === VERSION, 'version', 'is 1');
    return read(r);
  });
}

function writeBallot(w: ByteWriter, ballot: Ballot): void {
  w.u64(ballot.view).id(ballot.block);
}

function readBallot(r: ByteReader, field: string): Ballot {
  return { view: r.u64(field), block: r.id(field) };
}

export function encodeSafetyRecord({ counter, lost, safety }: SafetyRecord): Uint8Array {
  const w = new ByteWriter().u8(VERSION).u64(counter);
  w.u8(lost ? 1 : 0).u64(safety.epoch);
  writeBallot(w, safety.lastVote);
  writeBallot(w, safety.lastCommit);
  const { view, highQC, proof } = safety.lastTimeout;
  w.u64(view).u8(highQC === undefined ? 0 : 1);
  if (highQC) writeCertificate(w, highQC);
  w.u8(proof === undefined ? 0 : 1);
  if (proof) writeTimeoutCertificate(w, proof);
  writeCertificate(w, safety.highQC).u8(safety.highTC === undefined ? 0 : 1);
  if (safety.highTC) writeTimeoutCertificate(w, safety.highTC);
  const { committed } = safety;
  return seal(w.id(committed.block).u64(committed.height).u64(committed.view).done());
}

function readLastTimeout(r: ByteReader): SafetyState['lastTimeout'] {
  const view = r.u64('lastTimeout.view');
  const highQC = readFlag(r, 'lastTimeout.highQC') ? readCertificate(r) : undefined;
  const proof = readFlag(r, 'lastTimeout.proof') ? readTimeoutCertificate(r) : undefined;
  return { view, ...(highQC && { highQC }), ...(proof && { proof }) };
}

/** The record, or why it is unreadable. An unreadable record is a lost one: never a default. */
export function decodeSafetyRecord(bytes: Uint8Array): Result<SafetyRecord, BinaryRefusal> {
  return open(bytes, (r) => {
    const counter = r.u64('counter');
    const lost = readFlag(r, 'lost');
    const epoch = r.u64('epoch');
    const lastVote = readBallot(r, 'lastVote');
    const lastCommit = readBallot(r, 'lastCommit');
    const lastTimeout = readLastTimeout(r);
    const highQC = readCertificate(r);
    const highTC = readFlag(r, 'highTC') ? readTimeoutCertificate(r) : undefined;
    const committed = {
      block: r.id('committed.block'),
      height: r.u64('committed.height'),
      view: r.u64('committed.view'),
    } as SafetyState['committed'];
    const ballots = { lastVote, lastCommit, lastTimeout };
    return {
      counter,
      lost,
      safety: { epoch, ...ballots, highQC, ...(highTC && { highTC }), committed },
    };
  });
}

export function encodeSafetyGuard(guard: SafetyGuard): Uint8Array {
  return seal(
    new ByteWriter()
      .u8(VERSION)
      .u64(guard.counter)
      .u64(guard.voteView)
      .u64(guard.commitView)
      .u64(guard.timeoutView)
      .u64(guard.highQcView)
      .done(),
  );
}

export function decodeSafetyGuard(bytes: Uint8Array): Result<SafetyGuard, BinaryRefusal> {
  return open(bytes, (r) => ({
    counter: r.u64('counter'),
    voteView: r.u64('voteView'),
    commitView: r.u64('commitView'),
    timeoutView: r.u64('timeoutView'),
    highQcView: r.u64('highQcView'),
  }));
}

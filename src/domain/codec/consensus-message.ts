import type { Result } from '../../base/result.js';
import type { ConsensusMessage, Fetch, Status } from '../consensus.js';
import type { EntryId } from '../ids.js';
import { LIMITS } from '../limits.js';
import type { BinaryRefusal, ByteReader } from './consensus-bytes.js';
import { ByteWriter, decodeWhole } from './consensus-bytes.js';
import {
  readBlockRecord,
  readCertificate,
  readTimeout,
  readTimeoutCertificate,
  readVote,
  writeBlockRecord,
  writeCertificate,
  writeTimeout,
  writeTimeoutCertificate,
  writeVote,
} from './consensus-parts.js';

/** Messages with their wire numbers from 1: one byte before the fixed-width body. */
const TYPES = [
  'proposal',
  'vote',
  'timeout',
  'certificate',
  'timeout-certificate',
  'status',
  'fetch',
  'blocks',
  'fetch-entries',
  'entries',
] as const satisfies readonly ConsensusMessage['type'][];

const STATUS_TC = 1;
const STATUS_CC = 2;
const STATUS_NEWEST_VOTE = 4;
const STATUS_NEWEST_TIMEOUT = 8;
const STATUS_WANTS_REPLY = 16;

function statusFlags(status: Status): number {
  const newest = status.yourNewest;
  return (
    (status.highTC ? STATUS_TC : 0) +
    (status.lastCC ? STATUS_CC : 0) +
    (newest === undefined ? 0 : 'kind' in newest ? STATUS_NEWEST_VOTE : STATUS_NEWEST_TIMEOUT) +
    (status.wantsReply === true ? STATUS_WANTS_REPLY : 0)
  );
}

function writeStatus(w: ByteWriter, status: Status): void {
  w.u64(status.epoch).u64(status.view).u8(statusFlags(status));
  writeCertificate(w, status.highQC);
  if (status.highTC) writeTimeoutCertificate(w, status.highTC);
  if (status.lastCC) writeCertificate(w, status.lastCC);
  const newest = status.yourNewest;
  if (newest === undefined) return;
  if ('kind' in newest) writeVote(w, newest);
  else writeTimeout(w, newest);
}

function readStatus(r: ByteReader): Status {
  const head = { epoch: r.u64('status.epoch'), view: r.u64('status.view') };
  const flags = r.u8('status.flags');
  const both = STATUS_NEWEST_VOTE + STATUS_NEWEST_TIMEOUT;
  r.require(flags < 32 && (flags & both) !== both, 'status.flags', 'names known fields');
  const highQC = readCertificate(r);
  return {
    ...head,
    highQC,
    ...(flags & STATUS_TC && { highTC: readTimeoutCertificate(r) }),
    ...(flags & STATUS_CC && { lastCC: readCertificate(r) }),
    ...(flags & STATUS_NEWEST_VOTE && { yourNewest: readVote(r) }),
    ...(flags & STATUS_NEWEST_TIMEOUT && { yourNewest: readTimeout(r) }),
    ...(flags & STATUS_WANTS_REPLY && { wantsReply: true }),
  };
}

function readFetch(r: ByteReader): Fetch {
  return {
    fromDigest: r.id('fetch.fromDigest'),
    downToHeight: r.u64('fetch.downToHeight'),
    maxBytes: r.u32('fetch.maxBytes'),
  };
}

function readCount(r: ByteReader, field: string, max: number): number {
  const count = r.u16(field);
  r.require(count <= max, field, `is at most ${String(max)}`);
  return count;
}

function readMany<T>(r: ByteReader, field: string, read: () => T): T[] {
  const count = readCount(r, field, LIMITS.blockEntriesMax);
  return Array.from({ length: count }, read);
}

function readBody(r: ByteReader): Uint8Array {
  const size = r.u32('entries.size');
  const max = LIMITS.entryBytesMax;
  r.require(size >= 1 && size <= max, 'entries.size', `is 1..${String(max)}`);
  return r.bytes(size, 'entries.body');
}

function writeBody(w: ByteWriter, message: ConsensusMessage): void {
  switch (message.type) {
    case 'proposal':
      writeVote(writeBlockRecord(w, message.proposal.record), message.proposal.vote);
      return;
    case 'vote':
      writeVote(w, message.vote);
      if (message.vote.qc) writeCertificate(w, message.vote.qc);
      return;
    case 'timeout':
      writeTimeout(w, message.timeout);
      return;
    case 'certificate':
      writeCertificate(w, message.certificate);
      return;
    case 'timeout-certificate':
      writeTimeoutCertificate(w, message.tc);
      return;
    case 'status':
      writeStatus(w, message.status);
      return;
    case 'fetch': {
      const { fromDigest, downToHeight, maxBytes } = message.fetch;
      w.id(fromDigest).u64(downToHeight).u32(maxBytes);
      return;
    }
    case 'blocks':
      w.u16(message.records.length);
      for (const record of message.records) writeBlockRecord(w, record);
      return;
    case 'fetch-entries':
      w.u16(message.ids.length);
      for (const id of message.ids) w.id(id);
      return;
    case 'entries':
      w.u16(message.bodies.length);
      for (const body of message.bodies) w.u32(body.length).bytes(body);
  }
}

function readBodyOf(type: ConsensusMessage['type'], r: ByteReader): ConsensusMessage {
  switch (type) {
    case 'proposal':
      return { type, proposal: { record: readBlockRecord(r), vote: readVote(r) } };
    case 'vote': {
      const vote = readVote(r);
      // Only a COMMIT may carry the certificate that allowed it.
      if (vote.kind === 'vote' || r.left === 0) return { type, vote };
      return { type, vote: { ...vote, qc: readCertificate(r) } };
    }
    case 'timeout':
      return { type, timeout: readTimeout(r) };
    case 'certificate':
      return { type, certificate: readCertificate(r) };
    case 'timeout-certificate':
      return { type, tc: readTimeoutCertificate(r) };
    case 'status':
      return { type, status: readStatus(r) };
    case 'fetch':
      return { type, fetch: readFetch(r) };
    case 'blocks':
      return { type, records: readMany(r, 'blocks.count', () => readBlockRecord(r)) };
    case 'fetch-entries':
      return { type, ids: readMany(r, 'ids.count', () => r.id<EntryId>('ids')) };
    case 'entries':
      return { type, bodies: readMany(r, 'entries.count', () => readBody(r)) };
  }
}

export function encodeConsensusMessage(message: ConsensusMessage): Uint8Array {
  const w = new ByteWriter().u8(TYPES.indexOf(message.type) + 1);
  writeBody(w, message);
  return w.done();
}

/** One message from exactly these bytes. Form only: signatures are the replica's to check. */
export function decodeConsensusMessage(bytes: Uint8Array): Result<ConsensusMessage, BinaryRefusal> {
  return decodeWhole(bytes, (r) => readBodyOf(r.named(TYPES, 'type'), r));
}

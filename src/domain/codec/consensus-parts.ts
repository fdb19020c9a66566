import type { Result } from '../../base/result.js';
import type {
  BlockKind,
  BlockRecord,
  Certificate,
  Header,
  Timeout,
  TimeoutCertificate,
  Vote,
} from '../consensus.js';
import type { BlockId, EntryId } from '../ids.js';
import { LIMITS } from '../limits.js';
import type { BinaryRefusal, ByteReader } from './consensus-bytes.js';
import { ByteWriter, decodeWhole } from './consensus-bytes.js';
import { bftHash } from './consensus-hash.js';

/** Fixed-width big-endian forms of what certificates and blocks are made of. */

const HEADER_VERSION = 1;
const BLOCK_KINDS = ['normal', 'seal', 'reconfig'] as const satisfies readonly BlockKind[];
const BALLOT_KINDS = ['vote', 'commit'] as const;

export function writeHeader(w: ByteWriter, header: Header): ByteWriter {
  return w
    .u8(HEADER_VERSION)
    .u8(BLOCK_KINDS.indexOf(header.kind) + 1)
    .id(header.opId)
    .u64(header.epoch)
    .id(header.valSetHash)
    .u64(header.view)
    .u64(header.height)
    .u64(header.justifyView)
    .id(header.parent)
    .u64(header.tcView)
    .u64(header.tcHighView)
    .u8(header.author)
    .id(header.payloadRoot)
    .u32(header.entryCount);
}

export function readHeader(r: ByteReader): Header {
  r.require(r.u8('header.ver') === HEADER_VERSION, 'header.ver', 'is 1');
  return {
    kind: r.named(BLOCK_KINDS, 'header.kind'),
    opId: r.id('header.opId'),
    epoch: r.u64('header.epoch'),
    valSetHash: r.id('header.valSetHash'),
    view: r.u64('header.view'),
    height: r.u64('header.height'),
    justifyView: r.u64('header.justifyView'),
    parent: r.id('header.parent'),
    tcView: r.u64('header.tcView'),
    tcHighView: r.u64('header.tcHighView'),
    author: r.u8('header.author'),
    payloadRoot: r.id('header.payloadRoot'),
    entryCount: r.u32('header.entryCount'),
  };
}

/** Digest of a block: H(0x10, header). It names the block everywhere. */
export function blockId(header: Header): BlockId {
  return bftHash('header', writeHeader(new ByteWriter(), header).done()) as BlockId;
}

function bitmap(signers: readonly number[]): number {
  return signers.reduce((bits, member) => bits + 2 ** member, 0);
}

function readSigners(r: ByteReader, field: string): readonly number[] {
  const bits = r.u32(field);
  const signers: number[] = [];
  for (let member = 0; member < 32; member++) if ((bits >>> member) & 1) signers.push(member);
  r.require(signers.length <= LIMITS.membersMax, field, 'names at most 31 members');
  return signers;
}

export function writeCertificate(w: ByteWriter, cert: Certificate): ByteWriter {
  w.u8(BALLOT_KINDS.indexOf(cert.kind) + 1)
    .u64(cert.epoch)
    .u64(cert.view)
    .id(cert.block)
    .u32(bitmap(cert.signers));
  for (const signature of cert.signatures) w.bytes(signature);
  return w;
}

export function readCertificate(r: ByteReader): Certificate {
  const head = {
    kind: r.named(BALLOT_KINDS, 'certificate.kind'),
    epoch: r.u64('certificate.epoch'),
    view: r.u64('certificate.view'),
    block: r.id<BlockId>('certificate.block'),
  };
  const signers = readSigners(r, 'certificate.signers');
  return { ...head, signers, signatures: signers.map(() => r.bytes(64, 'certificate.sig')) };
}

export function writeTimeoutCertificate(w: ByteWriter, tc: TimeoutCertificate): ByteWriter {
  w.u64(tc.epoch).u64(tc.view);
  writeCertificate(w, tc.highQC).u32(bitmap(tc.signers));
  tc.signatures.forEach((signature, i) => w.u64(tc.highQcViews[i] ?? 0).bytes(signature));
  return w;
}

export function readTimeoutCertificate(r: ByteReader): TimeoutCertificate {
  const head = { epoch: r.u64('tc.epoch'), view: r.u64('tc.view'), highQC: readCertificate(r) };
  const signers = readSigners(r, 'tc.signers');
  const highQcViews: number[] = [];
  const signatures: Uint8Array[] = [];
  for (const _ of signers) {
    highQcViews.push(r.u64('tc.highQcView'));
    signatures.push(r.bytes(64, 'tc.sig'));
  }
  return { ...head, signers, highQcViews, signatures };
}

export function writeBlockRecord(w: ByteWriter, record: BlockRecord): ByteWriter {
  writeHeader(w, record.header);
  for (const id of record.entryIds) w.id(id);
  writeCertificate(w, record.justify);
  return record.tc === undefined ? w : writeTimeoutCertificate(w, record.tc);
}

/** A record is whole or refused: the ids that the header counts, and its TC if it names one. */
export function readBlockRecord(r: ByteReader): BlockRecord {
  const header = readHeader(r);
  const { entryCount } = header;
  const max = LIMITS.blockEntriesMax;
  r.require(entryCount <= max, 'header.entryCount', `is at most ${String(max)}`);
  const entryIds: EntryId[] = [];
  for (let i = 0; i < entryCount; i++) entryIds.push(r.id('entryIds'));
  const justify = readCertificate(r);
  if (header.tcView === 0) return { header, entryIds, justify };
  return { header, entryIds, justify, tc: readTimeoutCertificate(r) };
}

/** The 114 bytes of a VOTE or COMMIT, without the certificate a COMMIT may carry. */
export function writeVote(w: ByteWriter, vote: Vote): ByteWriter {
  return w
    .u8(BALLOT_KINDS.indexOf(vote.kind) + 1)
    .u64(vote.epoch)
    .u64(vote.view)
    .id(vote.block)
    .u8(vote.author)
    .bytes(vote.signature);
}

export function readVote(r: ByteReader): Vote {
  return {
    kind: r.named(BALLOT_KINDS, 'vote.kind'),
    epoch: r.u64('vote.epoch'),
    view: r.u64('vote.view'),
    block: r.id('vote.block'),
    author: r.u8('vote.author'),
    signature: r.bytes(64, 'vote.sig'),
  };
}

export function writeTimeout(w: ByteWriter, timeout: Timeout): ByteWriter {
  w.u64(timeout.epoch)
    .u64(timeout.view)
    .u8(timeout.author)
    .bytes(timeout.signature)
    .u64(timeout.committedView);
  writeCertificate(w, timeout.highQC).u8(timeout.proof === undefined ? 0 : 1);
  return timeout.proof === undefined ? w : writeTimeoutCertificate(w, timeout.proof);
}

export function readTimeout(r: ByteReader): Timeout {
  const head = {
    epoch: r.u64('timeout.epoch'),
    view: r.u64('timeout.view'),
    author: r.u8('timeout.author'),
    signature: r.bytes(64, 'timeout.sig'),
    committedView: r.u64('timeout.committedView'),
    highQC: readCertificate(r),
  };
  return readFlag(r, 'timeout.proof') ? { ...head, proof: readTimeoutCertificate(r) } : head;
}

export function readFlag(r: ByteReader, field: string): boolean {
  const flag = r.u8(field);
  r.require(flag <= 1, field, 'is 0 or 1');
  return flag === 1;
}

export function encodeHeader(header: Header): Uint8Array {
  return writeHeader(new ByteWriter(), header).done();
}

export function encodeCertificate(cert: Certificate): Uint8Array {
  return writeCertificate(new ByteWriter(), cert).done();
}

export function decodeCertificate(bytes: Uint8Array): Result<Certificate, BinaryRefusal> {
  return decodeWhole(bytes, readCertificate);
}

export function encodeTimeoutCertificate(tc: TimeoutCertificate): Uint8Array {
  return writeTimeoutCertificate(new ByteWriter(), tc).done();
}

export function encodeBlockRecord(record: BlockRecord): Uint8Array {
  return writeBlockRecord(new ByteWriter(), record).done();
}

export function decodeBlockRecord(bytes: Uint8Array): Result<BlockRecord, BinaryRefusal> {
  return decodeWhole(bytes, readBlockRecord);
}

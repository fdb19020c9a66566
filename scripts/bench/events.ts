import { createHash, randomBytes } from 'node:crypto';
import {
  assembleEvent,
  decodeEvent,
  encodePayload,
  eventTbs,
} from '../../src/domain/codec/event.js';
import { encodeCbor } from '../../src/domain/codec/dcbor.js';
import { hashHex } from '../../src/domain/codec/hash.js';
import { OPEN_LABEL, digestLabel } from '../../src/domain/codec/label.js';
import { encodeTrustList } from '../../src/domain/codec/trust-list.js';
import type { EventPayload } from '../../src/domain/event.js';
import type { ConfigDigest, Digest, EventId, ReleaseKeyId } from '../../src/domain/ids.js';
import { NATIONAL_OP, ZERO_32, opOf } from '../../src/domain/ids.js';
import type { DigestedLabel } from '../../src/domain/label.js';
import { MISSION_POLICY } from '../../src/core/policy/index.js';
import { parseMarking } from '../../src/core/labels/index.js';
import type { BenchNation, Holder } from './nations.js';
import { CLEARANCE, platformOf } from './nations.js';
import type { BenchOperation } from './operation.js';

/** A signed event as it travels by gossip, with what bare verification of it needs. */
export interface BenchMessage {
  readonly data: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
}

type Written = Omit<EventPayload, 'author' | 'nation' | 'credential' | 'time' | 'precedence'>;

function signedBy({ key, credential }: Holder, written: Written, timeMs: number) {
  const payload = encodePayload({
    ...written,
    nation: credential.issuer,
    author: key.kid,
    credential: credential.digest,
    time: { ms: timeMs, uncertaintyMs: 50, source: 'gnss' },
    precedence: 'routine',
  });
  const record = assembleEvent(key.kid, payload, key.sign(eventTbs(key.kid, payload)));
  const decoded = decodeEvent(record);
  if (!decoded.ok) throw new Error(`event: ${decoded.error.field} ${decoded.error.rule}`);
  return decoded.value;
}

function national(
  by: Holder,
  what: Pick<EventPayload, 'type' | 'seq' | 'prev'> & { readonly bytes: Uint8Array },
) {
  const { type, seq, prev, bytes } = what;
  return signedBy(
    by,
    {
      op: NATIONAL_OP,
      type,
      seq,
      prev,
      role: 'observing',
      label: { digest: OPEN_LABEL.digest },
      body: { form: 'inline', bytes, contentType: 'application/cbor' },
      parents: [],
      epoch: { number: 0, config: ZERO_32 as string as ConfigDigest },
    },
    Date.now(),
  );
}

/** What a nation states about the others before anything of theirs is believed. */
export function trustListOf(self: BenchNation, all: readonly BenchNation[]): Uint8Array {
  const entries = all
    .filter(({ code }) => code !== self.code)
    .map(({ code, root }) => ({
      nation: code,
      roots: [root.key.kid],
      coi: [],
      kinds: ['authority', 'node', 'platform', 'release', 'replica'] as const,
      clearance: CLEARANCE,
      notBefore: root.credential.notBefore,
      expires: root.credential.expires,
    }));
  const bytes = encodeTrustList(entries);
  return national(self.authority, { type: 'trust-list', seq: 0, prev: null, bytes }).record;
}

/** An event of the authority at a place whose neighbours are not held: its link stays open. */
function apart(
  { authority }: BenchNation,
  type: EventPayload['type'],
  seq: number,
  bytes: Uint8Array,
): Uint8Array {
  const prev = hashHex(`before ${type} ${String(seq)}`) as EventId;
  return national(authority, { type, seq, prev, bytes }).record;
}

const DECLARATION_SEQ = 2;

export function declarationOf(lead: BenchNation, document: Uint8Array): Uint8Array {
  return apart(lead, 'declaration', DECLARATION_SEQ, document);
}

/** Publishes the credential of the nation's platform of this number. */
export function credentialEventOf(
  nation: BenchNation,
  platform: Holder,
  number: number,
): Uint8Array {
  const seq = DECLARATION_SEQ + 2 + 2 * number;
  return apart(nation, 'credential', seq, platform.credential.bytes);
}

/** A label that releases to all nations of the bench. */
export function benchLabel(all: readonly BenchNation[]): DigestedLabel {
  const [first] = all;
  if (first === undefined) throw new RangeError('no nations');
  const names = all.map(({ code }) => code).join(', ');
  const day = '2026-01-01T00:00:00Z';
  const parsed = parseMarking(`${first.code} SECRET REL TO ${names}`, MISSION_POLICY, day);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return digestLabel(parsed.value);
}

export interface StreamSpec {
  readonly nation: BenchNation;
  /** Name of the platform: each has a stream of its own. */
  readonly platform: string;
  readonly operation: BenchOperation;
  readonly label: DigestedLabel;
  readonly count: number;
  /** Bytes of a whole message. */
  readonly bytes: number;
}

export interface BenchStream {
  readonly platform: Holder;
  readonly messages: readonly BenchMessage[];
}

/** Sealed tracks of one platform, in order; their release key is nobody's here. */
export function streamOf(spec: StreamSpec): BenchStream {
  const { nation, operation, label, count } = spec;
  const platform = platformOf(nation, spec.platform);
  const { configuration, configDigest } = operation.state;
  const releaseKey = hashHex(`release key of ${platform.credential.subject}`) as ReleaseKeyId;
  const start = Date.now() - count;
  let prev: EventId | null = null;
  let boxBytes = Math.floor(spec.bytes / 2);
  const messages: BenchMessage[] = [];
  for (let seq = 0; seq < count; seq++) {
    const role = operation.state.configuration.participants.find((p) => p.nation === nation.code);
    if (role === undefined) throw new RangeError(`${nation.code} takes no part`);
    const make = () => {
      const box = new Uint8Array(randomBytes(boxBytes));
      const event = signedBy(
        platform,
        {
          op: opOf(operation.opId),
          type: 'track',
          seq,
          prev,
          role: role.role,
          label: { digest: label.digest },
          body: {
            form: 'sealed',
            commitment: hashHex(`commitment ${String(seq)}`) as Digest,
            boxHash: hashHex(box) as Digest,
            contentType: 'application/json',
            bucket: 256,
            releaseKey,
          },
          parents: [],
          epoch: { number: configuration.epoch, config: configDigest },
        },
        start + seq,
      );
      return { event, data: encodeCbor([event.record, box, label.bytes]) };
    };
    let made = make();
    if (made.data.length !== spec.bytes && seq === 0) {
      boxBytes = Math.max(64, boxBytes + spec.bytes - made.data.length);
      made = make();
    }
    const { event, data } = made;
    prev = event.id;
    const { publicKey } = platform.key;
    messages.push({ data, publicKey, tbs: event.tbs, signature: event.signature });
  }
  return { platform, messages };
}

/** Name of a message among all of a bench. */
export function nameOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('base64').slice(0, 22);
}

import { assembleEvent, decodeEvent, encodePayload } from '../../src/domain/codec/event.js';
import { hashHex } from '../../src/domain/codec/hash.js';
import type { AdmittedEvent } from '../../src/domain/admitted.js';
import type { Credential } from '../../src/domain/credential.js';
import type { Event, EventPayload } from '../../src/domain/event.js';
import type { Digest, EventId, Kid, Nation, Op } from '../../src/domain/ids.js';
import { Verified } from '../../src/core/identity/verified.js';
import type { ForeignLog, OwnLog } from '../../src/core/log/index.js';
import { appendLeaf, encodeLogState, leafFieldsOf } from '../../src/core/log/index.js';
import type { LogBatch } from '../../src/ports/event-log.js';
import { GBR, bytesOf, classKey } from './log-world.js';

function id<T extends string>(text: string): T {
  return hashHex(text) as T;
}

export const OP = id<Digest>('operation').slice(0, 32) as Op;

export interface EventSpec {
  readonly seq: number;
  readonly subject?: string;
  readonly nation?: Nation;
  readonly op?: Op;
  readonly type?: EventPayload['type'];
  readonly text?: string;
}

/** An event of canonical bytes; its signature is noise, which stores do not look at. */
export function eventOf(spec: EventSpec): Event {
  const { seq, subject = 'GBR/platform/one', nation = GBR, op = OP, type = 'track' } = spec;
  const author = id<Kid>(`key of ${subject}`);
  const payload = encodePayload({
    op,
    nation,
    author,
    seq,
    prev: seq === 0 ? null : id<EventId>(`before ${subject} ${String(seq)}`),
    time: { ms: 1_790_000_000_000 + seq, uncertaintyMs: 50, source: 'gnss' },
    type,
    role: 'supporting',
    label: { digest: id('label') },
    body: {
      form: 'sealed',
      commitment: id(`commitment ${spec.text ?? ''}`),
      boxHash: id(`box ${subject} ${String(seq)}`),
      contentType: 'application/json',
      bucket: 256,
      releaseKey: id('release key'),
    },
    parents: [],
    credential: id('credential'),
    epoch: { number: 1, config: id('config') },
    precedence: 'routine',
  });
  const signature = bytesOf(`signature ${subject} ${String(seq)}`, 64);
  const decoded = decodeEvent(assembleEvent(author, payload, signature));
  if (!decoded.ok) throw new Error(`${decoded.error.field} ${decoded.error.rule}`);
  return decoded.value;
}

export function admitted(event: Event, subject = 'GBR/platform/one'): Verified<AdmittedEvent> {
  const credential = { subject } as Credential;
  return new Verified({ event, credential });
}

/** The batch that appends one event to the own log, as the node writes it. */
export function ownAppend(
  log: OwnLog,
  event: Event,
  cls = 1,
): { readonly log: OwnLog; readonly batch: LogBatch } {
  const { precedence, expiryS } = leafFieldsOf(event.payload);
  const appended = appendLeaf(log, {
    recordHash: hashHex(event.record) as Digest,
    classKey: classKey(cls),
    precedence,
    expiryS,
    admittedS: 1_790_000_000 + log.size,
    salt: bytesOf(`salt ${event.id}`, 16),
  });
  const { nation } = log;
  return {
    log: appended.log,
    batch: {
      events: [{ admitted: admitted(event), receivedMs: 1_790_000_000_500 }],
      leaves: [{ nation, leaf: { kind: 'event', header: appended.header, id: event.id } }],
      logStates: [{ nation, state: encodeLogState(appended.log) }],
    },
  };
}

export function stateBatch(log: OwnLog | ForeignLog): LogBatch {
  return { logStates: [{ nation: log.nation, state: encodeLogState(log) }] };
}

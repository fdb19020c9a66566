import { toHex, fromUtf8 } from '../base/bytes.js';
import { decodeBody, hasBodyCodec } from '../domain/codec/bodies.js';
import { bodyToJson } from '../domain/body-text.js';
import { declarationDigestOf } from '../domain/codec/declaration.js';
import { decodeTrustList } from '../domain/codec/trust-list.js';
import type { EventType } from '../domain/event-types.js';
import type { EventView } from '../domain/views.js';
import type { StoredEvent } from '../ports/event-log.js';
import type { Contents } from './contents.js';
import type { LabelBook } from './label-book.js';

interface Parts {
  readonly contents: Contents;
  readonly labels: LabelBook;
  anchoredSize(nation: string): number;
}

/** An opened content in plain JSON, by its type. */
function contentJson(type: EventType, bytes: Uint8Array, contentType: string): unknown {
  if (hasBodyCodec(type)) {
    const body = decodeBody(type, bytes);
    return body.ok ? bodyToJson(body.value) : { malformed: body.error };
  }
  if (type === 'credential') return { credential: toHex(bytes) };
  if (type === 'declaration') {
    return { declaration: declarationDigestOf(bytes), document: toHex(bytes) };
  }
  if (type === 'trust-list') {
    const list = decodeTrustList(bytes);
    return list.ok
      ? list.value.map(({ nation, roots, coi, kinds }) => ({ nation, roots, coi, kinds }))
      : { malformed: list.error };
  }
  if (!contentType.startsWith('text/')) return { bytes: toHex(bytes) };
  try {
    return { text: fromUtf8(bytes) };
  } catch {
    return { bytes: toHex(bytes) };
  }
}

/** Events as people and programs see them: content only where this node may open it. */
export class EventViews {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async view(stored: StoredEvent): Promise<EventView> {
    const { event, subject, arrival, receivedMs, leafIndex } = stored;
    const { payload } = event;
    const label = await this.#parts.labels.get(payload.label.digest);
    const opened = payload.grant === undefined ? await this.#parts.contents.open(event) : undefined;
    const { contentType } = payload.body;
    return {
      id: event.id,
      op: payload.op,
      nation: payload.nation,
      subject,
      author: payload.author,
      seq: payload.seq,
      type: payload.type,
      role: payload.role,
      timeMs: payload.time.ms,
      receivedMs,
      arrival,
      label: label === undefined ? payload.label.digest : this.#parts.labels.marking(label.label),
      labelDigest: payload.label.digest,
      sealed: payload.body.form === 'sealed',
      content:
        opened?.kind === 'opened' ? contentJson(payload.type, opened.bytes, contentType) : null,
      contentType,
      parents: payload.parents.map((parent) => ({
        id: parent.form === 'clear' ? parent.id : null,
        blind: parent.form === 'blinded' ? parent.blind : null,
        relation: parent.relation,
        nation: parent.nation,
      })),
      leafIndex: leafIndex ?? null,
      anchored: leafIndex !== undefined && leafIndex < this.#parts.anchoredSize(payload.nation),
      precedence: payload.precedence,
      recordBytes: event.record.length,
    };
  }
}

import type { AdmittedEvent } from '../../../src/domain/admitted.js';
import type { BodyContent } from '../../../src/domain/body.js';
import { bodyContentType, encodeBody } from '../../../src/domain/codec/bodies.js';
import {
  assembleEvent,
  decodeEvent,
  encodePayload,
  eventTbs,
} from '../../../src/domain/codec/event.js';
import type { Parent } from '../../../src/domain/event.js';
import type { ConfigDigest, EventId, LabelDigest } from '../../../src/domain/ids.js';
import { opOf } from '../../../src/domain/ids.js';
import type { TestNation } from './nations.js';
import { OP_ID } from './operation.js';

export interface TestEvent {
  readonly admitted: AdmittedEvent;
  readonly content: BodyContent;
  readonly id: EventId;
}

let seq = 0;

/** An event of a nation's node in the operation, inline for brevity. */
export function eventOf(
  of: TestNation,
  content: BodyContent,
  parents: readonly Parent[] = [],
): TestEvent {
  seq++;
  const payload = encodePayload({
    op: opOf(OP_ID),
    nation: of.nation,
    author: of.node.kid,
    seq,
    prev: '11'.repeat(32) as EventId,
    time: { ms: 1_760_000_000_000 + seq, uncertaintyMs: 50, source: 'ntp' },
    type: content.type,
    role: of.role,
    label: { digest: '22'.repeat(32) as LabelDigest },
    body: {
      form: 'inline',
      bytes: encodeBody(content),
      contentType: bodyContentType(content.type),
    },
    parents,
    credential: of.credentials.node.digest,
    epoch: { number: 1, config: '33'.repeat(32) as ConfigDigest },
    precedence: 'routine',
  });
  const signature = of.node.sign(eventTbs(of.node.kid, payload));
  const event = decodeEvent(assembleEvent(of.node.kid, payload, signature));
  if (!event.ok) throw new Error(`${event.error.field} ${event.error.rule}`);
  return {
    admitted: { event: event.value, credential: of.credentials.node },
    content,
    id: event.value.id,
  };
}

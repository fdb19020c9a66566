import { u16be, utf8 } from '../../base/bytes.js';
import { toHex } from '../../base/bytes.js';
import { hash } from '../../domain/codec/hash.js';

interface TopicAndData {
  readonly topic: string;
  readonly data?: Uint8Array;
}

const ID_BYTES = 20;

/**
 * First 20 bytes of SHA-256(length of topic ‖ topic ‖ data). Messages are unsigned at this layer, so
 * that one event published by two nodes is one message.
 */
export function messageId({ topic, data }: TopicAndData): Uint8Array {
  const name = utf8(topic);
  return hash(u16be(name.length), name, data ?? new Uint8Array()).subarray(0, ID_BYTES);
}

/** The same id as text: gossipsub's key of messages seen before validation. */
export function messageIdText(message: TopicAndData): string {
  return toHex(messageId(message));
}

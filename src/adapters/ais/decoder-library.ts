/**
 * The bit-level decoders of `ais-stream-decoder`.
 *
 * Its stream is not used: it keeps one buffer for all multi-sentence messages, so interleaved ones
 * break each other, an error ends it, and nothing in its output says which line it came from. The
 * decoders below it are pure functions of one payload. They check neither its alphabet nor its
 * length, so callers do. Values that are not available come out as `null`, whatever the types say.
 */
import { createRequire } from 'node:module';
import type bitField from 'ais-stream-decoder/dist/ais-bitfield.js';
import type message123 from 'ais-stream-decoder/dist/messages/ais-message-123.js';
import type message18 from 'ais-stream-decoder/dist/messages/ais-message-18.js';
import type message24 from 'ais-stream-decoder/dist/messages/ais-message-24.js';
import type message5 from 'ais-stream-decoder/dist/messages/ais-message-5.js';

// Loaded by require: loaders disagree on what the default import of a transpiled module is.
const load = createRequire(import.meta.url);
const folder = 'ais-stream-decoder/dist';

export const BitField = (load(`${folder}/ais-bitfield.js`) as typeof bitField).default;
export const Message123 = (load(`${folder}/messages/ais-message-123.js`) as typeof message123)
  .default;
export const Message5 = (load(`${folder}/messages/ais-message-5.js`) as typeof message5).default;
export const Message18 = (load(`${folder}/messages/ais-message-18.js`) as typeof message18).default;
export const Message24 = (load(`${folder}/messages/ais-message-24.js`) as typeof message24).default;

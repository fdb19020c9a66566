import type { Stream } from '@libp2p/interface';
import { decode, encode } from 'it-length-prefixed';
import type { HelloAnswer, HelloMessage, HelloStep } from '../../domain/codec/hello.js';
import { decodeHello, encodeHello } from '../../domain/codec/hello.js';
import { LIMITS } from '../../domain/limits.js';
import { RefusedError, meshRefusal, refusalOfPeer } from './refusals.js';

/** One hello stream: length-prefixed messages, of which a peer gets 16 KiB in all. */
export class HelloChannel {
  readonly #stream: Stream;
  readonly #messages: AsyncIterator<{ subarray(): Uint8Array }, void>;

  constructor(stream: Stream) {
    this.#stream = stream;
    this.#messages = decode(bounded(stream), { maxDataLength: LIMITS.helloBytesMax });
  }

  send(message: HelloMessage): void {
    // At most 16 KiB and one message at a time: well inside the muxer's first window.
    this.#stream.send(encode.single(encodeHello(message)));
  }

  /** The message due at `step`. Throws a refusal: the peer's, or ours of what came instead. */
  async expect<S extends HelloStep>(step: S): Promise<Extract<HelloMessage, { type: S }>> {
    const next = await this.#next();
    if (next === undefined) {
      throw new RefusedError(meshRefusal('HELLO_ENDED', `the stream ended before ${step}`));
    }
    const decoded = decodeHello(step, next);
    if (!decoded.ok) throw new RefusedError(decoded.error);
    const message: HelloAnswer<HelloStep> = decoded.value;
    if (message.type === 'refuse') throw new RefusedError(refusalOfPeer(message.code), true);
    return message as Extract<HelloMessage, { type: S }>;
  }

  async #next(): Promise<Uint8Array | undefined> {
    try {
      const next = await this.#messages.next();
      return next.done === true ? undefined : next.value.subarray();
    } catch (error) {
      if (error instanceof RefusedError) throw error;
      const name = error instanceof Error ? error.name : '';
      if (name.startsWith('InvalidDataLength')) throw tooLarge();
      throw new RefusedError(meshRefusal('HELLO_ENDED', `the stream broke: ${name}`));
    }
  }

  async close(): Promise<void> {
    await this.#stream.close().catch((error: unknown) => {
      this.#stream.abort(error instanceof Error ? error : new Error('close failed'));
    });
  }
}

function tooLarge(): RefusedError {
  return new RefusedError(meshRefusal('HELLO_TOO_LARGE', 'more than 16 KiB of hello'));
}

async function* bounded(stream: Stream): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > LIMITS.helloBytesMax) throw tooLarge();
    yield chunk.subarray();
  }
}

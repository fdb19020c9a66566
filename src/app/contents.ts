import { concatBytes } from '../base/bytes.js';
import type { Result } from '../base/result.js';
import { decodeBody, openingsOf, ownSaltOf } from '../domain/codec/bodies.js';
import { blindOf } from '../domain/codec/release-keys.js';
import type { BodyContent } from '../domain/body.js';
import type { Event } from '../domain/event.js';
import type { Blind, EventId } from '../domain/ids.js';
import { idBytes, idFromBytes } from '../domain/ids.js';
import type { FormRefusal } from '../domain/codec/strict.js';
import type { Keyring } from './keyring.js';
import type { AppPorts } from './parts.js';

const BLINDS = 'blind';

/** Bytes of an event's content as far as this node may open it. */
export type Opened =
  | { readonly kind: 'opened'; readonly bytes: Uint8Array }
  /** No key for it, or its box is not held. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'bad-seal' };

/** Opens contents on demand: no plaintext is kept at rest. Knows which event is behind which blind. */
export class Contents {
  readonly #ports: Pick<AppPorts, 'log' | 'state'>;
  readonly #keyring: Keyring;

  constructor(ports: Pick<AppPorts, 'log' | 'state'>, keyring: Keyring) {
    this.#ports = ports;
    this.#keyring = keyring;
  }

  async open(event: Event): Promise<Opened> {
    const { body } = event.payload;
    if (body.form === 'inline') return { kind: 'opened', bytes: body.bytes };
    const box = await this.#ports.log.box(body.boxHash);
    const opened = box && this.#keyring.open(event, box);
    if (opened === undefined) return { kind: 'closed' };
    return opened.ok ? { kind: 'opened', bytes: opened.value } : { kind: 'bad-seal' };
  }

  /** The decoded content, undefined when it is closed, or why its bytes are no content of its type. */
  async body(event: Event): Promise<Result<BodyContent, FormRefusal> | undefined> {
    const opened = await this.open(event);
    return opened.kind === 'opened' ? decodeBody(event.payload.type, opened.bytes) : undefined;
  }

  /** The content when it is open and of its form. */
  async content(event: Event): Promise<BodyContent | undefined> {
    const body = await this.body(event);
    return body?.ok ? body.value : undefined;
  }

  /** Remembers the blinds that an event's content gives away: its own, and those it opens. */
  async index(event: Event): Promise<void> {
    const content = await this.content(event);
    if (content === undefined) return;
    const salt = ownSaltOf(content);
    const known = openingsOf(content).filter((o) => blindOf(o.salt, o.event) === o.blind);
    const own = salt && { blind: blindOf(salt, event.id), event: event.id, salt };
    const openings = own === undefined ? known : [...known, own];
    if (openings.length === 0) return;
    await this.#ports.state.write(
      openings.map((o) => ({
        collection: BLINDS,
        key: o.blind,
        value: concatBytes(idBytes(o.event), o.salt),
      })),
    );
  }

  /** The event behind a blind, when this node may know it. */
  async behind(blind: Blind): Promise<EventId | undefined> {
    const bytes = await this.#ports.state.get(BLINDS, blind);
    return bytes && idFromBytes<EventId>(bytes.subarray(0, 32));
  }

  /** The salt behind a blind that this node may know. */
  async saltOf(blind: Blind): Promise<Uint8Array | undefined> {
    return (await this.#ports.state.get(BLINDS, blind))?.subarray(32);
  }
}

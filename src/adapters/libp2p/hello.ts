import type { Connection } from '@libp2p/interface';
import { hashHex } from '../../domain/codec/hash.js';
import type { HelloMessage, LinkProfile } from '../../domain/codec/hello.js';
import type { Credential } from '../../domain/credential.js';
import type { CredentialDigest } from '../../domain/ids.js';
import type { Clock } from '../../ports/clock.js';
import type { HelloGate } from '../../ports/links.js';
import type { HelloChannel } from './hello-channel.js';
import { RefusedError, meshRefusal } from './refusals.js';

/** What a hello is made of and judged by. */
export interface HelloContext {
  readonly gate: HelloGate;
  readonly profile: LinkProfile;
  readonly clock: Clock;
}

/** Raw Ed25519 key that Noise proved and the PeerId embeds. */
function transportKeyOf(connection: Connection): Uint8Array {
  const key = connection.remotePeer.publicKey;
  if (key?.type !== 'Ed25519') {
    throw new RefusedError(meshRefusal('HELLO_KEY_TYPE', 'the PeerId holds no Ed25519 key'));
  }
  return key.raw;
}

type Hello = Extract<HelloMessage, { type: 'hello' }>;

/** Both ends of `/entente/hello/1`, step by step. */
export class HelloExchange {
  readonly #channel: HelloChannel;
  readonly #connection: Connection;
  readonly #context: HelloContext;

  constructor(channel: HelloChannel, connection: Connection, context: HelloContext) {
    this.#channel = channel;
    this.#connection = connection;
    this.#context = context;
  }

  /** Dialer: shows its chain first (steps 1–3), then judges the listener's (4–6). */
  async dial(shown: () => void): Promise<Credential> {
    await this.#show();
    const credential = await this.#judge(await this.#channel.expect('hello'));
    shown();
    this.#channel.send({ type: 'ok', node: credential.kid });
    await this.#channel.expect('ok');
    return credential;
  }

  /** Listener: judges first, and shows its own chain only to whom it holds to be good. */
  async listen(shown: () => void): Promise<Credential> {
    const credential = await this.#judge(await this.#channel.expect('hello'));
    shown();
    await this.#show();
    await this.#channel.expect('ok');
    this.#channel.send({ type: 'ok', node: credential.kid });
    return credential;
  }

  async #show(): Promise<void> {
    const chain = this.#context.gate.ownChain();
    const byDigest = new Map(chain.map((bytes) => [hashHex(bytes), bytes]));
    this.#channel.send({
      type: 'hello',
      chain: [...byDigest.keys()] as CredentialDigest[],
      statusHeads: [],
      timeMs: Math.floor(this.#context.clock.nowMs()),
      profile: this.#context.profile,
      capabilities: [],
    });
    const { digests } = await this.#channel.expect('need');
    if (digests.length === 0) return;
    const credentials = digests.map((digest) => {
      const bytes = byDigest.get(digest);
      if (bytes !== undefined) return bytes;
      throw new RefusedError(meshRefusal('HELLO_DIGEST', 'a credential we did not name'));
    });
    this.#channel.send({ type: 'creds', credentials });
  }

  async #judge(hello: Hello): Promise<Credential> {
    if (hello.profile !== this.#context.profile) {
      throw new RefusedError(meshRefusal('HELLO_PROFILE', `the peer speaks ${hello.profile}`));
    }
    const chain = await this.#fetch(hello.chain);
    const admitted = this.#context.gate.admit(chain, transportKeyOf(this.#connection));
    if (!admitted.ok) throw new RefusedError(admitted.error);
    return admitted.value;
  }

  /** Asks for what is not held; what comes must hash to what was named. */
  async #fetch(digests: readonly CredentialDigest[]): Promise<readonly Uint8Array[]> {
    const held = new Map<string, Uint8Array>();
    for (const digest of digests) {
      const bytes = this.#context.gate.held(digest);
      if (bytes !== undefined) held.set(digest, bytes);
    }
    const lacking = digests.filter((digest) => !held.has(digest));
    this.#channel.send({ type: 'need', digests: lacking });
    if (lacking.length > 0) {
      const { credentials } = await this.#channel.expect('creds');
      const matches =
        credentials.length === lacking.length &&
        credentials.every((bytes, i) => hashHex(bytes) === lacking[i]);
      if (!matches) throw new RefusedError(meshRefusal('HELLO_DIGEST', 'other credentials came'));
      for (const bytes of credentials) held.set(hashHex(bytes), bytes);
    }
    return digests.map((digest) => held.get(digest) ?? new Uint8Array());
  }
}

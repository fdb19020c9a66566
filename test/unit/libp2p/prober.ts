import '../../../src/adapters/libp2p/polyfill.js';
import { gossipsub } from '@chainsafe/libp2p-gossipsub';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import type { Identify } from '@libp2p/identify';
import { identify } from '@libp2p/identify';
import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { decode, encode } from 'it-length-prefixed';
import { createLibp2p } from 'libp2p';
import type { HelloMessage, HelloStep } from '../../../src/domain/codec/hello.js';
import { decodeHello, encodeHello } from '../../../src/domain/codec/hello.js';
import type { CredentialDigest, Kid } from '../../../src/domain/ids.js';
import { PROTOCOLS } from '../../../src/domain/wire.js';
import { sha } from './support.js';

/** What a stranger uses of stock gossipsub, private parts included. */
interface StockGossip {
  readonly streamsOutbound: Map<string, unknown>;
  addEventListener(event: string, listener: () => void): void;
  subscribe(topic: string): void;
  getSubscribers(topic: string): unknown[];
  sendRpc(to: string, rpc: object): boolean;
}

const GOSSIP: Record<string, never> = {
  identify: identify({ runOnConnectionOpen: false }) as never,
  pubsub: gossipsub({ globalSignaturePolicy: 'StrictNoSign' }) as never,
};

/** A stranger that speaks libp2p and as much of our protocols as a test lets it. */
export class Prober {
  readonly libp2p: Libp2p;
  /** Stock gossipsub with all its private parts, if the stranger speaks gossip. */
  readonly pubsub: StockGossip;

  private constructor(libp2p: Libp2p) {
    this.libp2p = libp2p;
    this.pubsub = libp2p.services['pubsub'] as StockGossip;
  }

  static async start(seed: Uint8Array, gossip = false): Promise<Prober> {
    const libp2p = await createLibp2p({
      privateKey: await generateKeyPairFromSeed('Ed25519', seed),
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionGater: { denyDialMultiaddr: () => false },
      connectionMonitor: { enabled: false },
      services: gossip ? GOSSIP : {},
    });
    // The lower PeerId of a pair opens the link: take it, and say nothing.
    await libp2p.handle(PROTOCOLS.link, () => undefined);
    return new Prober(libp2p);
  }

  async dial(address: string): Promise<Connection> {
    return this.libp2p.dial(multiaddr(address));
  }

  async hello(connection: Connection): Promise<HelloTalk> {
    return new HelloTalk(await connection.newStream([PROTOCOLS.hello]));
  }

  async stop(): Promise<void> {
    await this.libp2p.stop();
  }

  get id(): string {
    return this.libp2p.peerId.toString();
  }

  /** Opens the link stream, as the lower PeerId of a pair does. */
  async link(connection: Connection): Promise<Stream> {
    return connection.newStream([PROTOCOLS.link]);
  }

  async identify(connection: Connection): Promise<void> {
    await (this.libp2p.services['identify'] as Identify).identify(connection);
  }

  /** The whole hello with `chain`; the stranger is admitted if the node admits it. */
  async admit(connection: Connection, chain: readonly Uint8Array[]): Promise<void> {
    const talk = await this.hello(connection);
    talk.say(helloOf(chain));
    await talk.hear('need');
    talk.say({ type: 'creds', credentials: chain });
    const hello = await talk.hear('hello');
    talk.say({ type: 'need', digests: hello.type === 'hello' ? hello.chain : [] });
    await talk.hear('creds');
    talk.say({ type: 'ok', node: '00'.repeat(32) as Kid });
    await talk.hear('ok');
  }
}

export function helloOf(chain: readonly Uint8Array[]): HelloMessage {
  return {
    type: 'hello',
    chain: chain.map(sha) as CredentialDigest[],
    statusHeads: [],
    timeMs: 0,
    profile: 'lan',
    capabilities: [],
  };
}

/** One hello stream, message by message, with everything that came. */
export class HelloTalk {
  readonly stream: Stream;
  readonly heard: Uint8Array[] = [];
  readonly #source: AsyncGenerator<{ subarray(): Uint8Array }>;

  constructor(stream: Stream) {
    this.stream = stream;
    this.#source = decode(stream);
  }

  say(message: HelloMessage): void {
    this.raw(encodeHello(message));
  }

  raw(bytes: Uint8Array): void {
    this.stream.send(encode.single(bytes));
  }

  async hear(step: HelloStep): Promise<HelloMessage> {
    const { value } = await this.#source.next();
    if (value === undefined) throw new Error(`the stream ended before ${step}`);
    const bytes = value.subarray();
    this.heard.push(bytes);
    const decoded = decodeHello(step, bytes);
    if (!decoded.ok) throw new Error(decoded.error.detail);
    return decoded.value;
  }
}

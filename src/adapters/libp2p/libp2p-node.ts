import './polyfill.js';
import { gossipsub } from '@chainsafe/libp2p-gossipsub';
import type { GossipSub } from '@chainsafe/libp2p-gossipsub';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import type { Identify } from '@libp2p/identify';
import type { Connection, Libp2p, PrivateKey, StreamHandler } from '@libp2p/interface';
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht';
import type { KadDHT } from '@libp2p/kad-dht';
import { noise } from '@libp2p/noise';
import { ping } from '@libp2p/ping';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import { PROTOCOLS } from '../../domain/wire.js';
import { mappedTcp } from './address.js';
import type { MeshOptions } from './options.js';
import { messageId, messageIdText } from './message-id.js';
import { tappedNoise } from './tap.js';

/** What the rest of the adapter uses of a libp2p instance. */
export interface Libp2pNode {
  readonly libp2p: Libp2p;
  /** Absent on narrowband links. */
  readonly lan: {
    readonly gossipsub: GossipSub;
    readonly dht: KadDHT;
    readonly identify: Identify;
  } | null;
}

/** The two questions that libp2p's own machinery has to ask the admission table. */
export interface Doorkeeper {
  /** Whether a stream that the peer opened may be served. */
  allows(connection: Connection, protocol: string): Promise<boolean>;
  /** Resolves once the connection's hello has ended well. */
  settled(connection: Connection): Promise<void>;
}

interface Internals {
  readonly registrar: {
    handle(protocol: string, handler: StreamHandler, options?: object): Promise<void>;
  };
  readonly connectionManager: {
    openConnection(...args: readonly unknown[]): Promise<Connection>;
  };
}

/**
 * A service that runs before all others and closes every door by default: each handler that is
 * registered, by whatever service, answers admitted peers only, and whoever dials gets a connection
 * only after its hello. (`libp2p.use` is no way: 3.3 appends the handler to the registered array at
 * each stream, so that the second stream is handled twice.)
 */
function doors(keeper: Doorkeeper): (components: unknown) => object {
  return (components) => {
    const { registrar, connectionManager } = components as Internals;
    const handle = registrar.handle.bind(registrar);
    registrar.handle = (protocol, handler, options) =>
      handle(protocol, protocol === PROTOCOLS.hello ? handler : gated(handler, keeper), options);
    const open = connectionManager.openConnection.bind(connectionManager);
    connectionManager.openConnection = async (...args) => {
      const connection = await open(...args);
      await keeper.settled(connection);
      return connection;
    };
    return {};
  };
}

function gated(handler: StreamHandler, keeper: Doorkeeper): StreamHandler {
  return async (stream, connection) => {
    if (await keeper.allows(connection, stream.protocol)) await handler(stream, connection);
    else stream.abort(new Error('not admitted'));
  };
}

function common(options: MeshOptions) {
  return {
    start: false,
    addresses: { listen: [...options.listen], announce: [...(options.announce ?? [])] },
    connectionEncrypters: [options.tap === undefined ? noise() : tappedNoise(options.tap)],
    connectionGater: { denyDialMultiaddr: () => false },
  };
}

type Door = ReturnType<typeof doors>;

async function lanNode(
  options: MeshOptions,
  privateKey: PrivateKey,
  door: Door,
): Promise<Libp2pNode> {
  const libp2p = await createLibp2p({
    ...common(options),
    privateKey,
    transports: [mappedTcp(options.dialAddressMap ?? ((address) => address), {})],
    streamMuxers: [yamux()],
    connectionManager: {
      maxConnections: 100,
      inboundConnectionThreshold: 100,
      maxIncomingPendingConnections: 50,
      // The defaults fail on a busy processor.
      dialTimeout: 15_000,
      addressDialTimeout: 10_000,
    },
    services: {
      door,
      // Run by the adapter after the hello: a prober learns a PeerId and no more.
      identify: identify({ runOnConnectionOpen: false }),
      ping: ping(),
      dht: kadDHT({
        protocol: '/entente/lan/kad/1.0.0',
        clientMode: false,
        peerInfoMapper: passthroughMapper,
      }),
      pubsub: gossipsub({
        D: 4,
        Dlo: 3,
        Dhi: 8,
        Dout: 1,
        Dscore: 2,
        globalSignaturePolicy: 'StrictNoSign',
        msgIdFn: messageId,
        fastMsgIdFn: messageIdText,
        fallbackToFloodsub: false,
        floodPublish: false,
        emitSelf: false,
        allowPublishToZeroTopicPeers: true,
        ignoreDuplicatePublishError: true,
        maxInboundDataLength: 1 << 20,
        maxOutboundBufferSize: 4 << 20,
        // Nations of one cell may share an address behind NAT; admission is by credential.
        scoreParams: { IPColocationFactorWeight: 0 },
      }),
    },
  });
  const { pubsub, dht, identify: identification } = libp2p.services;
  return {
    libp2p,
    lan: { gossipsub: pubsub, dht, identify: identification },
  };
}

const HOUR_MS = 3_600_000;
const SLOW_MS = 120_000;

/** For 9.6 kbit/s and seconds of delay: nothing that pings, times out early or talks unasked. */
async function tacticalNode(
  options: MeshOptions,
  privateKey: PrivateKey,
  door: Door,
): Promise<Libp2pNode> {
  const libp2p = await createLibp2p({
    ...common(options),
    privateKey,
    transports: [
      mappedTcp(options.dialAddressMap ?? ((address) => address), {
        // The default of 2 min closes an idle link.
        inboundSocketInactivityTimeout: HOUR_MS,
        outboundSocketInactivityTimeout: HOUR_MS,
      }),
    ],
    streamMuxers: [
      // Keep-alive talks every 30 s; 120 s of silence would end the stream.
      yamux({ enableKeepAlive: false, streamOptions: { inactivityTimeout: HOUR_MS } }),
    ],
    // Pings every 10 s and aborts healthy links at a round trip of 5 s.
    connectionMonitor: { enabled: false },
    connectionManager: {
      // 10 s by default; 6 s fail at 1 s one-way.
      dialTimeout: SLOW_MS,
      addressDialTimeout: SLOW_MS,
      // 10 s by default leave half-open links.
      inboundUpgradeTimeout: SLOW_MS,
      outboundStreamProtocolNegotiationTimeout: SLOW_MS,
      inboundStreamProtocolNegotiationTimeout: SLOW_MS,
      // 1 s by default.
      connectionCloseTimeout: 10_000,
    },
    services: { door },
  });
  return { libp2p, lan: null };
}

/** One libp2p instance of the chosen profile, not yet started. */
export async function createNode(options: MeshOptions, keeper: Doorkeeper): Promise<Libp2pNode> {
  const privateKey = await generateKeyPairFromSeed('Ed25519', options.transportPrivateKey);
  const build = options.profile === 'lan' ? lanNode : tacticalNode;
  return build(options, privateKey, doors(keeper));
}

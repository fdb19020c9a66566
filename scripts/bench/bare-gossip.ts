import '../../src/adapters/libp2p/polyfill.js';
import { gossipsub } from '@chainsafe/libp2p-gossipsub';
import type { GossipSub } from '@chainsafe/libp2p-gossipsub';
import { noise } from '@libp2p/noise';
import { identify } from '@libp2p/identify';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { messageId, messageIdText } from '../../src/adapters/libp2p/message-id.js';

/** Gossipsub as it comes: no hello, no gate, no door; the same mesh degree and message ids. */
export interface BareGossip {
  readonly address: string;
  dial(addresses: readonly string[]): Promise<void>;
  subscribers(topic: string): number;
  publish(topic: string, data: Uint8Array): Promise<void>;
}

const TRIES = 3;

/** A machine that is busy resets a connection now and then. */
async function persistently(dial: () => Promise<unknown>): Promise<void> {
  for (let left = TRIES - 1; ; left--) {
    try {
      await dial();
      return;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

export async function startBareGossip(
  topic: string,
  seen: (data: Uint8Array) => void,
): Promise<BareGossip> {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: {
      identify: identify(),
      pubsub: gossipsub({
        D: 4,
        Dlo: 3,
        Dhi: 8,
        Dout: 1,
        globalSignaturePolicy: 'StrictNoSign',
        msgIdFn: messageId,
        fastMsgIdFn: messageIdText,
        floodPublish: false,
        allowPublishToZeroTopicPeers: true,
        scoreParams: { IPColocationFactorWeight: 0 },
      }),
    },
  });
  const pubsub: GossipSub = node.services.pubsub;
  pubsub.addEventListener('message', ({ detail }) => {
    seen(detail.data);
  });
  pubsub.subscribe(topic);
  const [address] = node.getMultiaddrs().map(String);
  if (address === undefined) throw new Error('bare gossip listens nowhere');
  return {
    address,
    dial: async (addresses) => {
      for (const one of addresses) await persistently(() => node.dial(multiaddr(one)));
    },
    subscribers: (name) => pubsub.getSubscribers(name).length,
    publish: async (name, data) => {
      await pubsub.publish(name, data);
    },
  };
}

import { noise } from '@libp2p/noise';
import type { ConnectionEncrypter, MessageStream, SecuredConnection } from '@libp2p/interface';
import type { Tap } from './options.js';

type Encrypter = ReturnType<ReturnType<typeof noise>>;
type Extensions = Encrypter extends ConnectionEncrypter<infer E> ? E : never;
type Bytes = Parameters<MessageStream['send']>[0];

function tapped(secured: SecuredConnection<Extensions>, tap: Tap): SecuredConnection<Extensions> {
  const peerId = secured.remotePeer.toString();
  // `onData` takes each decrypted message exactly once; a 'message' listener would swallow what
  // arrives before the muxer listens.
  const stream = secured.connection as typeof secured.connection & { onData(data: Bytes): void };
  if (typeof stream.onData !== 'function') throw new Error('the secured stream cannot be tapped');
  const send = stream.send.bind(stream);
  const onData = stream.onData.bind(stream);
  stream.send = (data) => {
    tap('out', peerId, data.slice());
    return send(data);
  };
  stream.onData = (data) => {
    tap('in', peerId, data.slice());
    onData(data);
  };
  return secured;
}

/** Noise whose plaintext side is shown to `tap`, both ways, whatever protocol it belongs to. */
export function tappedNoise(tap: Tap): ReturnType<typeof noise> {
  const create = noise();
  return (components) => {
    const encrypter = create(components);
    return {
      protocol: encrypter.protocol,
      secureInbound: async (connection, options) =>
        tapped(await encrypter.secureInbound(connection, options), tap),
      secureOutbound: async (connection, options) =>
        tapped(await encrypter.secureOutbound(connection, options), tap),
    };
  };
}

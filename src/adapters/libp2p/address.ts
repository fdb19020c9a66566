import { connect } from 'node:net';
import { tcp } from '@libp2p/tcp';
import type { TCPOptions } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { AddressMap } from './options.js';

type Transport = ReturnType<ReturnType<typeof tcp>>;
type Connects = Transport & { _connect(address: Multiaddr, options: unknown): Promise<unknown> };

/** The transport part of an address, and the peer id it names, if any. */
export function splitAddress(address: string): {
  readonly transport: string;
  readonly peerId: string | null;
} {
  const at = address.indexOf('/p2p/');
  if (at < 0) return { transport: address, peerId: null };
  return { transport: address.slice(0, at), peerId: address.slice(at + '/p2p/'.length) };
}

/**
 * TCP whose sockets go where `map` says. Only the socket is rewritten: the connection keeps the
 * address that was dialled, so no rewritten address reaches the peer store or another node.
 */
export function mappedTcp(map: AddressMap, init: TCPOptions): ReturnType<typeof tcp> {
  const create = tcp(init);
  return (components) => {
    const transport = create(components) as Connects;
    if (typeof transport._connect !== 'function') throw new Error('TCP dials cannot be rewritten');
    const dial = transport._connect.bind(transport);
    transport._connect = (address, options) =>
      dial(multiaddr(map(splitAddress(address.toString()).transport)), options);
    return transport;
  };
}

function hostAndPort(address: string): { readonly host: string; readonly port: number } | null {
  let host: string | undefined;
  let port: number | undefined;
  for (const { name, value } of multiaddr(address).getComponents()) {
    if (value === undefined) continue;
    if (['ip4', 'ip6', 'dns', 'dns4', 'dns6'].includes(name)) host = value;
    if (name === 'tcp') port = Number(value);
  }
  return host === undefined || port === undefined ? null : { host, port };
}

/**
 * Whether a bare TCP connect to a transport address succeeds in time. Much cheaper than a dial, and
 * free of the kernel's back-off: each probe starts anew.
 */
export async function probe(address: string, timeoutMs: number): Promise<boolean> {
  const target = hostAndPort(address);
  if (target === null) return false;
  return new Promise((resolve) => {
    const socket = connect(target);
    const done = (reached: boolean): void => {
      socket.destroy();
      resolve(reached);
    };
    socket.setTimeout(timeoutMs, () => {
      done(false);
    });
    socket.once('connect', () => {
      done(true);
    });
    socket.once('error', () => {
      done(false);
    });
  });
}

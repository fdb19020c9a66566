import type { Command } from 'commander';
import type { PeerView } from '../../domain/views.js';
import type { Bind } from '../command.js';
import { list, short, table, utc } from '../output.js';

export function peerTable(peers: readonly PeerView[]): string {
  const rows = peers.map((peer) => [
    peer.nation ?? '-',
    peer.state,
    short(peer.peerId),
    utc(peer.lastVerifiedMs),
    list(peer.addresses),
  ]);
  return table(['NATION', 'STATE', 'PEER', 'LAST VERIFIED', 'ADDRESSES'], rows);
}

export function addPeer(program: Command, bind: Bind): void {
  const peer = program.command('peer').description('neighbours of the running node');
  bind(
    peer.command('add').argument('<multiaddr>').description('dial a peer and keep it'),
    async (context, [address = '']) => ({
      json: await context.client().addPeer(address),
      text: `added ${address}\n`,
    }),
  );
  bind(peer.command('list').description('known peers and their state'), async (context) => {
    const peers = await context.client().peers();
    return { json: peers, text: peerTable(peers) };
  });
}

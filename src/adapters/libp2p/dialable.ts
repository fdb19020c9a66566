import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';

/** A multiaddress over TCP, alone or with the peer expected there. */
const FORM = /^\/(?:ip4|ip6|dns|dns4|dns6)\/[^/\s]+\/tcp\/\d{1,5}(?:\/p2p\/([^/\s]+))?$/;

/**
 * Whether an operator's address can be dialled: host, TCP port and, if named, a well-formed peer
 * id. Anything else would fail only later, in the keeper, where nobody could be told.
 */
export function isDialable(address: string): boolean {
  const form = FORM.exec(address);
  if (form === null) return false;
  try {
    multiaddr(address);
    const [, peerId] = form;
    if (peerId !== undefined) peerIdFromString(peerId);
    return true;
  } catch {
    return false;
  }
}

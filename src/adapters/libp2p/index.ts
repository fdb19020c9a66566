/**
 * The libp2p carrier: hello, links, keeper and gated gossip.
 *
 * @example
 * const mesh = await createLibp2pMesh({ profile: 'lan', listen: ['/ip4/0.0.0.0/tcp/4001'], … });
 * await mesh.start();
 * mesh.links.send(peerId, { type: 'want', nation, from: 0 }, 'routine');
 * await mesh.stop();
 */
import './polyfill.js';

export { createLibp2pMesh } from './mesh.js';
export type {
  AddressMap,
  LinkRate,
  Mesh,
  MeshLogger,
  MeshOptions,
  Tap,
  Tuning,
} from './options.js';

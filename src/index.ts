/**
 * entente as a library: a nation's node, composed over the real adapters.
 *
 * ```ts
 * const node = await createNode('/srv/entente/GBR', { node: async () => passphrase });
 * await node.service.emit({ type: 'labelled-message', label: 'OPEN', content: { kind: 'text', text: 'hello' } });
 * await node.stop();
 * ```
 */
export { createNode } from './node/create-node.js';
export type { NodeService, Passphrases, RunningNode } from './node/contract.js';

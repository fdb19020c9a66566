import type { CreateNode, OpenOfflineService, VerifySettlement } from '../node/contract.js';

/** The composition root as commands use it; a test hands in its own. */
export interface Doors {
  readonly createNode: CreateNode;
  readonly openOfflineService: OpenOfflineService;
  readonly verifySettlement: VerifySettlement;
}

/** Loaded when used: a command that only asks a running node never loads the network. */
export const nodeDoors: Doors = {
  createNode: async (home, passphrases) => {
    const { createNode } = await import('../node/create-node.js');
    return createNode(home, passphrases);
  },
  openOfflineService: async (home, passphrases) => {
    const { openOfflineService } = await import('../node/create-node.js');
    return openOfflineService(home, passphrases);
  },
  verifySettlement: async (bytes, anchors) => {
    const { verifySettlement } = await import('../node/offline.js');
    return verifySettlement(bytes, anchors);
  },
};

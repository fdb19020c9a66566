import type { Command } from 'commander';
import type { Bind } from '../command.js';
import { addConsent } from './consent.js';
import { addCredential } from './credential.js';
import { addEvents } from './events.js';
import { addIngest } from './ingest.js';
import { addLineage } from './lineage.js';
import { addLog } from './log.js';
import { addMesh } from './mesh.js';
import { addNation } from './nation.js';
import { addNode } from './node.js';
import { addOperation } from './operation.js';
import { addPeer } from './peer.js';
import { addSettle } from './settle.js';
import { addTestnet } from './testnet.js';
import { addTrust } from './trust.js';

/** All verbs, in the order a new nation meets them. */
export function addCommands(program: Command, bind: Bind): void {
  for (const add of [
    addNation,
    addCredential,
    addTrust,
    addNode,
    addPeer,
    addEvents,
    addIngest,
    addConsent,
    addOperation,
    addSettle,
    addLineage,
    addMesh,
    addLog,
    addTestnet,
  ]) {
    add(program, bind);
  }
}

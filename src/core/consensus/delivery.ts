import type { CommittedBlock } from '../../domain/consensus.js';
import type { BlockNode } from './block-tree.js';
import type { Turn } from './turn.js';
import { halt, persist, send, settledGround } from './turn.js';

/** Blocks of one batch: a late joiner stores thousands, and memory is bounded. */
const BATCH_BLOCKS_MAX = 32;

/**
 * Commits the block of the newest commit certificate and its ancestors, lowest first, as far as
 * they are complete. The certificate proves each of them; the rest follows once it is fetched.
 */
export function deliver<S>(turn: Turn<S>): void {
  const { life } = turn;
  if (life.lastCC.view <= life.tree.tip.view) return;
  const path = life.tree.path(life.lastCC.block);
  if (path.kind === 'missing') return;
  if (path.kind === 'beside') {
    const detail = `certificate of view ${String(life.lastCC.view)} is beside the committed chain`;
    halt(turn, { code: 'COMMIT_CONTRADICTED', detail });
    return;
  }
  const gap = path.nodes.findIndex((node) => node.missing > 0);
  const ready = gap < 0 ? path.nodes : path.nodes.slice(0, gap);
  for (let i = 0; i < ready.length; i += BATCH_BLOCKS_MAX) {
    if (!commitBatch(turn, ready.slice(i, i + BATCH_BLOCKS_MAX))) return;
  }
  if (gap >= 0 || ready.length === 0) return;
  life.servedCC = life.lastCC;
  for (const [peer, state] of life.peers) {
    if (typeof peer === 'string' && state.connected) {
      send(turn, peer, { type: 'certificate', certificate: life.servedCC });
    }
  }
}

function commitBatch<S>(turn: Turn<S>, nodes: readonly BlockNode<S>[]): boolean {
  const { life } = turn;
  const commits: CommittedBlock[] = [];
  let invalid: string | undefined;
  for (const node of nodes) {
    // Folded from the tip, which moves along: one block at a time.
    const folded = life.tree.fold([node]);
    if ('refused' in folded) {
      invalid = `height ${String(node.record.header.height)}: ${folded.refused}`;
      break;
    }
    commits.push({
      height: node.record.header.height,
      id: node.id,
      record: node.record,
      entries: life.tree.entriesOf(node),
      certificate: life.lastCC,
    });
    life.tree.commit(node, folded.state);
    for (const key of node.keys) life.pool.settle(key);
  }
  if (commits.length > 0) {
    const dropped = life.tree.sweep();
    const forget = dropped.filter((node) => node.stored).map((node) => node.id);
    persist(turn, { safety: { ...life.safety, committed: life.tree.tip }, commits, forget });
    for (const block of commits) turn.effects.push({ kind: 'commit', ...block });
    returnToPool(turn, dropped);
  }
  if (invalid !== undefined) halt(turn, { code: 'COMMITTED_ENTRY_INVALID', detail: invalid });
  return invalid === undefined;
}

/** Entries of abandoned blocks wait again: their submitter may be gone. */
export function returnToPool<S>(turn: Turn<S>, dropped: readonly BlockNode<S>[]): void {
  const { life } = turn;
  for (const node of dropped) {
    for (const { bytes } of life.tree.entriesOf(node)) {
      const identity = life.config.rules.identify(bytes);
      if (!identity.ok) continue;
      const ground = settledGround(life);
      if (life.config.rules.validate(ground.state, bytes, ground.height) !== true) continue;
      life.pool.add(identity.value, bytes, `member:${String(node.record.header.author)}`, ground);
    }
  }
}

import { blockId } from '../../domain/codec/consensus-parts.js';
import { payloadRoot } from '../../domain/codec/consensus-hash.js';
import type { BlockKind, BlockRecord, TimeoutCertificate } from '../../domain/consensus.js';
import type { EntryId } from '../../domain/ids.js';
import type { BlockNode } from './block-tree.js';
import { castVote } from './casting.js';
import { leaderOf } from './leader-rotation.js';
import type { Life } from './state.js';
import { maySign, viewOf } from './state.js';
import type { Turn } from './turn.js';

interface Branch<S> {
  readonly view: number;
  readonly nodes: readonly BlockNode<S>[];
  readonly state: S;
  readonly height: number;
  readonly tc: TimeoutCertificate | undefined;
}

/** The branch to build on, if this replica leads the view and has said nothing in it yet. */
function branchToExtend<S>(life: Life<S>): Branch<S> | undefined {
  const view = viewOf(life);
  const { lastVote, lastTimeout, lastCommit } = life.safety;
  if (!maySign(life) || leaderOf(life.config.epoch, view) !== life.self) return undefined;
  if (Math.max(lastVote.view, lastTimeout.view, lastCommit.view) >= view) return undefined;
  const path = life.tree.path(life.highQC.block);
  if (path.kind !== 'linked' || path.nodes.some((node) => node.missing > 0)) return undefined;
  const folded = life.tree.fold(path.nodes);
  if ('refused' in folded) return undefined;
  const height = life.tree.tip.height + path.nodes.length + 1;
  const byQC = life.highQC.view === view - 1;
  return {
    view,
    nodes: path.nodes,
    state: folded.state,
    height,
    tc: byQC ? undefined : life.highTC,
  };
}

/** As much as the slowest member link carries in a third of a view's base length. */
function blockBounds<S>(life: Life<S>): { entries: number; bytes: number } {
  const { blockEntriesMax, blockBodiesBytesMax } = life.config.limits;
  const { baseMs, sendMs } = life.pace;
  const share = sendMs > baseMs / 3 ? baseMs / 3 / sendMs : 1;
  return {
    entries: Math.max(1, Math.floor(blockEntriesMax * share)),
    bytes: Math.max(life.config.limits.entryBytesMax, Math.floor(blockBodiesBytesMax * share)),
  };
}

/**
 * The leader proposes entries as soon as it may; a SEAL only to finish what is uncommitted when
 * the exchange of commit votes alone did not.
 */
export function propose<S>(turn: Turn<S>): void {
  const { life } = turn;
  const look = [viewOf(life), life.highQC.block, life.tree.tip.height, life.pool.version];
  const key = `${look.join(':')}:${String(life.pace.halfPassed)}`;
  if (life.proposedOn === key) return;
  const branch = branchToExtend(life);
  if (branch === undefined) return;
  life.proposedOn = key;
  const kinds = branch.nodes.map((node) => node.record.header.kind);
  const normals = kinds.filter((kind) => kind === 'normal').length;
  if (normals < life.config.limits.pipelineMax && !kinds.includes('reconfig')) {
    const taken = (entry: string): boolean => branch.nodes.some((node) => node.keys.has(entry));
    const { entries, state } = life.pool.select(branch, taken, blockBounds(life));
    if (entries.length > 0) {
      const node = build(
        life,
        branch,
        'normal',
        entries.map((entry) => entry.entryId),
      );
      for (const entry of entries) life.tree.fill(entry, entry.bytes);
      node.outcome = { state };
      castVote(turn, node);
      return;
    }
  }
  const unfinished = kinds.some((kind) => kind !== 'seal');
  if (unfinished && (branch.tc !== undefined || life.pace.halfPassed)) {
    castVote(turn, build(life, branch, 'seal', []));
  }
}

function build<S>(
  life: Life<S>,
  branch: Branch<S>,
  kind: BlockKind,
  entryIds: readonly EntryId[],
): BlockNode<S> {
  const { epoch } = life.config;
  const { tc } = branch;
  const record: BlockRecord = {
    header: {
      kind,
      opId: epoch.opId,
      epoch: epoch.epoch,
      valSetHash: epoch.valSetHash,
      view: branch.view,
      height: branch.height,
      justifyView: life.highQC.view,
      parent: life.highQC.block,
      tcView: tc?.view ?? 0,
      tcHighView: tc?.highQC.view ?? 0,
      author: life.self ?? 0,
      payloadRoot: payloadRoot(entryIds),
      entryCount: entryIds.length,
    },
    entryIds,
    justify: life.highQC,
    ...(tc && { tc }),
  };
  return life.tree.insert(blockId(record.header), record);
}

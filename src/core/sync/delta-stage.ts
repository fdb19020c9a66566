import type { Checkpoint } from '../../domain/checkpoint.js';
import type { Nation } from '../../domain/ids.js';
import { LIMITS } from '../../domain/limits.js';
import type { Refusal } from '../../domain/refusal.js';
import type { ControlFrame, DeltaItem } from '../../domain/wire.js';
import type { DeltaFrame } from './delta-plan.js';
import { itemBytes } from './item-size.js';

/**
 * What was received of one log from one neighbour and is not proven yet. Kept per neighbour, so that
 * nobody spoils what another one sent; kept over a disconnect, so that nothing is sent twice.
 */
export interface DeltaStage {
  readonly nation: Nation;
  /** First staged position: the size of the log as proven here. */
  readonly from: number;
  readonly items: readonly DeltaItem[];
  readonly bytes: number;
}

/** Consecutive positions with the checkpoint they lead to: ready for `extend` of the log. */
export interface StagedRange {
  readonly from: number;
  readonly items: readonly DeltaItem[];
  readonly checkpoint: Checkpoint;
}

export type DeltaRefusal = Refusal<
  'WRONG_LOG' | 'INDEX_GAP' | 'SIZE_MISMATCH' | 'EMPTY_DELTA' | 'STAGE_FULL'
>;

/** The stage to go on with, and what came of the frame. A refused frame leaves no trace in it. */
export type DeltaAnswer =
  | { readonly kind: 'more'; readonly stage: DeltaStage }
  | { readonly kind: 'range'; readonly stage: DeltaStage; readonly range: StagedRange }
  | { readonly kind: 'refused'; readonly stage: DeltaStage; readonly refusal: DeltaRefusal };

/** An empty stage at the proven size of a log. Also how a stage is dropped when its root is wrong. */
export function emptyStage(nation: Nation, from: number): DeltaStage {
  return { nation, from, items: [], bytes: 0 };
}

/** The request for the next position that is neither proven nor staged. */
export function nextWant(stage: DeltaStage): Extract<ControlFrame, { type: 'want' }> {
  return { type: 'want', nation: stage.nation, from: stage.from + stage.items.length };
}

/** Drops the positions that were proven in the meantime, for example by another neighbour. */
export function advanceStage(stage: DeltaStage, size: number): DeltaStage {
  if (size <= stage.from) return stage;
  const items = stage.items.slice(size - stage.from);
  return { nation: stage.nation, from: size, items, bytes: totalBytes(items) };
}

function totalBytes(items: readonly DeltaItem[]): number {
  return items.reduce((sum, item) => sum + itemBytes(item), 0);
}

const RULES: Readonly<Record<DeltaRefusal['code'], readonly [field: string, rule: string]>> = {
  WRONG_LOG: ['nation', 'a delta is of the log that was asked for'],
  INDEX_GAP: ['from', 'positions follow each other without gaps'],
  SIZE_MISMATCH: ['checkpoint.size', 'a checkpoint stands where its positions end'],
  EMPTY_DELTA: ['items', 'a delta has positions'],
  STAGE_FULL: ['items', 'a checkpoint comes before the staged positions exceed their bound'],
};

function refuse(stage: DeltaStage, code: DeltaRefusal['code'], detail: string): DeltaAnswer {
  const [field, rule] = RULES[code];
  const refusal = {
    code,
    field,
    rule,
    detail,
    authority: 'protocol /entente/link/1',
    remedy: `send positions from ${String(nextWant(stage).from)}`,
  };
  return { kind: 'refused', stage, refusal };
}

/** The frame's place in the log and the form of what it carries; nothing is hashed here. */
function misplaced(stage: DeltaStage, frame: DeltaFrame): DeltaAnswer | null {
  if (frame.nation !== stage.nation) return refuse(stage, 'WRONG_LOG', `is of ${frame.nation}`);
  const due = stage.from + stage.items.length;
  if (frame.from !== due) {
    return refuse(stage, 'INDEX_GAP', `starts at ${String(frame.from)}, due is ${String(due)}`);
  }
  if (frame.items.length === 0) return refuse(stage, 'EMPTY_DELTA', 'has no positions');
  for (const [i, item] of frame.items.entries()) {
    if (item.kind === 'event' && item.header.index !== due + i) {
      const detail = `position ${String(due + i)} has index ${String(item.header.index)}`;
      return refuse(stage, 'INDEX_GAP', detail);
    }
  }
  const { checkpoint } = frame;
  const end = due + frame.items.length;
  if (checkpoint !== undefined && checkpoint.nation !== stage.nation) {
    return refuse(stage, 'WRONG_LOG', `checkpoint is of ${checkpoint.nation}`);
  }
  if (checkpoint !== undefined && checkpoint.size !== end) {
    const detail = `positions end at ${String(end)}, the checkpoint at ${String(checkpoint.size)}`;
    return refuse(stage, 'SIZE_MISMATCH', detail);
  }
  return null;
}

/** Takes one frame in. With a checkpoint the staged range is complete and the stage starts anew. */
export function acceptDelta(stage: DeltaStage, frame: DeltaFrame): DeltaAnswer {
  const refused = misplaced(stage, frame);
  if (refused !== null) return refused;
  const bytes = stage.bytes + totalBytes(frame.items);
  if (bytes > LIMITS.stagedDeltaBytesMax) {
    return refuse(stage, 'STAGE_FULL', `${String(bytes)} bytes wait for a checkpoint`);
  }
  const items = [...stage.items, ...frame.items];
  const { nation, from } = stage;
  const { checkpoint } = frame;
  if (checkpoint === undefined) return { kind: 'more', stage: { nation, from, items, bytes } };
  return {
    kind: 'range',
    stage: emptyStage(nation, checkpoint.size),
    range: { from, items, checkpoint },
  };
}

import type { Digest, Nation } from '../../domain/ids.js';
import { compareText } from '../../base/bytes.js';
import type { ControlFrame } from '../../domain/wire.js';

/** Size and root of one log as its holder states it. */
export type LogHead = Extract<ControlFrame, { type: 'heads' }>['heads'][number];

export interface Want {
  readonly nation: Nation;
  readonly logNumber: number;
  /** First position that is missing here. */
  readonly from: number;
  /** Size the neighbour has. */
  readonly to: number;
}

/** What two head vectors show beside missing positions. None of it is proof by itself. */
export type HeadAlarm =
  /** One size, two roots: exchange checkpoints, they are the proof of a fork. */
  | {
      readonly kind: 'conflict';
      readonly nation: Nation;
      readonly size: number;
      readonly own: Digest;
      readonly theirs: Digest;
    }
  /** The owner shows less of its own log than it has shown before: an old disk, or a rollback. */
  | {
      readonly kind: 'owner-behind';
      readonly nation: Nation;
      readonly held: number;
      readonly size: number;
    }
  /** A neighbour has more of this nation's own log: this node is on an old disk and must not write. */
  | { readonly kind: 'own-log-behind'; readonly own: number; readonly size: number }
  /** Another log number: the nation has started a new log, which somebody has to look at. */
  | {
      readonly kind: 'other-log';
      readonly nation: Nation;
      readonly own: number;
      readonly theirs: number;
    };

export interface HeadComparison {
  readonly wants: readonly Want[];
  readonly alarms: readonly HeadAlarm[];
}

function judge(
  mine: LogHead | undefined,
  head: LogHead,
  ownNation: Nation,
  peer: Nation,
): Want | HeadAlarm | null {
  const { nation, logNumber, size } = head;
  const held = mine?.size ?? 0;
  if (mine !== undefined && mine.logNumber !== logNumber) {
    return { kind: 'other-log', nation, own: mine.logNumber, theirs: logNumber };
  }
  if (nation === ownNation && size > held) return { kind: 'own-log-behind', own: held, size };
  if (size > held) return { nation, logNumber, from: held, to: size };
  if (nation === peer && size < held) return { kind: 'owner-behind', nation, held, size };
  if (mine !== undefined && size === held && size > 0 && mine.root !== head.root) {
    return { kind: 'conflict', nation, size, own: mine.root, theirs: head.root };
  }
  return null;
}

/**
 * Compares this node's heads with a neighbour's. A smaller size from anybody but the owner is
 * normal. Wants come in order of nation; the positions are asked for log by log.
 */
export function compareHeads(
  own: readonly LogHead[],
  theirs: readonly LogHead[],
  who: { readonly own: Nation; readonly peer: Nation },
): HeadComparison {
  const mine = new Map(own.map((head) => [head.nation, head]));
  const newest = new Map<Nation, LogHead>();
  for (const head of theirs) {
    const before = newest.get(head.nation);
    if (before === undefined || before.size < head.size) newest.set(head.nation, head);
  }
  const wants: Want[] = [];
  const alarms: HeadAlarm[] = [];
  for (const head of [...newest.values()].sort((a, b) => compareText(a.nation, b.nation))) {
    const found = judge(mine.get(head.nation), head, who.own, who.peer);
    if (found === null) continue;
    if ('kind' in found) alarms.push(found);
    else wants.push(found);
  }
  return { wants, alarms };
}

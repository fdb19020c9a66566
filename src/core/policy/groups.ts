import { compareText } from '../../base/bytes.js';
import type { Nation } from '../../domain/ids.js';
import type { Group } from '../../domain/operation.js';

function memberAt(group: Group, nation: Nation, atMs: number): boolean {
  return group.members.some(
    (m) =>
      m.nation === nation &&
      Date.parse(m.from) <= atMs &&
      (m.until === undefined || atMs < Date.parse(m.until)),
  );
}

/**
 * Whether a nation counts as a member for a label: it was one when the label was created and is one
 * now, so a new ally does not inherit old papers and a former one keeps none.
 */
export function isMember(group: Group, nation: Nation, createdMs: number, nowMs: number): boolean {
  return memberAt(group, nation, createdMs) && memberAt(group, nation, nowMs);
}

/** Members of a group at one instant, sorted: for expanding a group when a label is made. */
export function membersAt(group: Group, atMs: number): readonly Nation[] {
  const all = group.members.filter(({ nation }) => memberAt(group, nation, atMs));
  return [...new Set(all.map(({ nation }) => nation))].sort(compareText);
}

/** The next instant at which any dated membership changes after `nowMs`, or Infinity. */
export function nextChange(groups: Iterable<Group>, nowMs: number): number {
  let next = Infinity;
  for (const group of groups) {
    for (const { from, until } of group.members) {
      for (const edge of [from, until]) {
        const at = edge === undefined ? Infinity : Date.parse(edge);
        if (at > nowMs) next = Math.min(next, at);
      }
    }
  }
  return next;
}

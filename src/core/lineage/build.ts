import type { EventId } from '../../domain/ids.js';
import type { Lineage } from '../../domain/lineage.js';
import type { LineageSources } from './sources.js';
import { indexSources, lowestGrade } from './sources.js';
import { LineageWalk } from './walk.js';

/**
 * What one reader may know of where an event or a settlement comes from. Edges run from the source
 * to what was made of it. Undefined when the reader holds no such event or settlement.
 */
export function buildLineage(root: string, sources: LineageSources): Lineage | undefined {
  const index = indexSources(sources);
  const walk = new LineageWalk(index);
  const settlement = index.settlements.get(root);
  const event = sources.events.get(root as EventId);
  if (settlement !== undefined) walk.fromSettlement(settlement);
  else if (event !== undefined) walk.fromEvent(event);
  else return undefined;
  const { nodes, edges } = walk;
  const grades = nodes.flatMap((node) => (node.kind === 'event' ? [node.grade] : []));
  return { root, nodes, edges, grade: lowestGrade(grades) };
}

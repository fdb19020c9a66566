/**
 * Lineage as one reader sees it: events, settlements and edges, with what is withheld shown as such.
 *
 * ```ts
 * const lineage = buildLineage(coreId, { events, settlements, blinds });
 * ```
 */
export { buildLineage } from './build.js';
export type { LineageEvent, LineageSettlement, LineageSources } from './sources.js';

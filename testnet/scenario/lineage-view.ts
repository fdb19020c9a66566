import type { Lineage } from '../../src/domain/lineage.js';

/** What one reader is to see of a settled decision. Nations, or event ids. */
export interface LineageNeed {
  /** Events shown with their content opened. */
  readonly shown: readonly string[];
  /** Ids that must not occur anywhere in the answer. */
  readonly hidden: readonly string[];
  /** `part:nation` of each node that is shown as withheld, such as `input:GBR`. */
  readonly withheld: readonly string[];
  readonly settlement: string;
  readonly approvals: readonly string[];
}

/** What a lineage lacks, or shows too much of; empty when it is as it has to be. */
export function lineageFaults(lineage: Lineage, need: LineageNeed): readonly string[] {
  const text = JSON.stringify(lineage);
  const opened = new Set(
    lineage.nodes.flatMap((node) => (node.kind === 'event' && node.opened ? [node.id] : [])),
  ) as ReadonlySet<string>;
  const withheld = new Set(
    lineage.nodes.flatMap((node) =>
      node.kind === 'withheld' ? [`${node.part}:${node.by ?? ''}`] : [],
    ),
  );
  const settled = lineage.nodes.find(
    (node) => node.kind === 'settlement' && node.id === need.settlement,
  );
  const approvals = settled?.kind === 'settlement' ? [...settled.approvals].sort() : [];
  return [
    ...need.shown.filter((id) => !opened.has(id)).map((id) => `${id.slice(0, 12)} is not shown`),
    ...need.hidden.filter((id) => text.includes(id)).map((id) => `${id.slice(0, 12)} is shown`),
    ...need.withheld.filter((one) => !withheld.has(one)).map((one) => `${one} not withheld`),
    ...[...withheld].filter((one) => !need.withheld.includes(one)).map((one) => `${one} withheld`),
    ...(settled === undefined ? ['the settlement is not in it'] : []),
    ...(approvals.join() === [...need.approvals].sort().join()
      ? []
      : [`approvals ${approvals.join(', ')}`]),
  ];
}

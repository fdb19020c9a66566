import type { CoreId, EventId, Nation } from './ids.js';
import type { EventType } from './event-types.js';
import type { Relation, Role } from './event.js';
import type { SettlementKind } from './settlement.js';

/** Grade of a link: A own credential; B attested with the partner's signature; C attested without; D hearsay. */
export type Grade = 'A' | 'B' | 'C' | 'D';

export type LineageNode =
  | {
      readonly kind: 'event';
      readonly id: EventId;
      readonly type: EventType;
      readonly nation: Nation;
      readonly role: Role;
      readonly grade: Grade;
      /** Whether the reader could open the content. */
      readonly opened: boolean;
      readonly summary: string;
      readonly timeMs: number;
    }
  | {
      readonly kind: 'withheld';
      readonly id: string;
      readonly by: Nation | null;
      readonly part: 'input' | 'outcome';
    }
  | {
      readonly kind: 'settlement';
      readonly id: CoreId;
      readonly settlement: SettlementKind;
      readonly height: number;
      readonly approvals: readonly Nation[];
    };

export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  readonly relation: Relation | 'input' | 'outcome' | 'approval';
}

export interface Lineage {
  readonly root: string;
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  /** Lowest grade on the chain. */
  readonly grade: Grade;
}

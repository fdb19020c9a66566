import type { Lineage } from '../domain/lineage.js';

export interface LineageQuery {
  of(id: string): Promise<Lineage | undefined>;
}

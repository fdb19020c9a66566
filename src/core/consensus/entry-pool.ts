import type { EntryBody } from '../../domain/consensus.js';
import type { EntryId } from '../../domain/ids.js';
import type { ReplicaLimits } from './config.js';
import type { EntryIdentity, SettlementRules } from './settlement-rules.js';

interface Waiting extends EntryIdentity {
  readonly bytes: Uint8Array;
  readonly submitter: string;
  /** Verdict on the settled state of this height. */
  judgedAt: number;
  eligible: boolean;
}

/** An entry chosen for a block. */
export interface Selected extends EntryIdentity {
  readonly bytes: Uint8Array;
}

/** Where the next block would stand. */
export interface Ground<S> {
  readonly state: S;
  readonly height: number;
}

/** Complete entries that wait to be settled, oldest first, bounded in all and per submitter. */
export class EntryPool<S> {
  readonly #rules: SettlementRules<S>;
  readonly #limits: ReplicaLimits;
  readonly #entries = new Map<EntryId, Waiting>();
  readonly #byKey = new Map<string, Set<EntryId>>();
  readonly #bySubmitter = new Map<string, number>();
  #version = 0;
  #asked: { version: number; height: number; eligible: boolean } | undefined;

  constructor(rules: SettlementRules<S>, limits: ReplicaLimits) {
    this.#rules = rules;
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Changes whenever an entry comes or goes. */
  get version(): number {
    return this.#version;
  }

  get(id: EntryId): { readonly bytes: Uint8Array; readonly key: string } | undefined {
    return this.#entries.get(id);
  }

  add(
    identity: EntryIdentity,
    bytes: Uint8Array,
    from: string,
    settled: Ground<S>,
  ): 'added' | 'known' | 'full' {
    if (this.#entries.has(identity.entryId)) return 'known';
    const submitter = this.#rules.submitterOf?.(bytes) ?? from;
    const own = this.#bySubmitter.get(submitter) ?? 0;
    const overQuota = own >= this.#limits.poolPerSubmitterMax;
    if (overQuota || this.#entries.size >= this.#limits.poolEntriesMax) {
      // What can not be settled now makes room; what can is never pushed out by a newcomer.
      const victim = this.#oldestIdle(settled, overQuota ? submitter : undefined);
      if (victim === undefined) return 'full';
      this.#remove(victim);
    }
    this.#entries.set(identity.entryId, {
      entryId: identity.entryId,
      key: identity.key,
      bytes,
      submitter,
      judgedAt: -1,
      eligible: false,
    });
    const ids = this.#byKey.get(identity.key);
    if (ids) ids.add(identity.entryId);
    else this.#byKey.set(identity.key, new Set([identity.entryId]));
    this.#bySubmitter.set(submitter, (this.#bySubmitter.get(submitter) ?? 0) + 1);
    this.#version++;
    return 'added';
  }

  /** Drops every entry of a key that was settled. */
  settle(key: string): void {
    for (const id of this.#byKey.get(key) ?? []) {
      const entry = this.#entries.get(id);
      if (entry) this.#remove(entry);
    }
  }

  /** Is any entry eligible on the settled state? */
  hasEligible(settled: Ground<S>): boolean {
    const asked = this.#asked;
    if (asked?.version === this.#version && asked.height === settled.height) return asked.eligible;
    let eligible = false;
    for (const entry of this.#entries.values()) {
      if (this.#judge(entry, settled)) {
        eligible = true;
        break;
      }
    }
    this.#asked = { version: this.#version, height: settled.height, eligible };
    return eligible;
  }

  /** The oldest eligible entries whose bodies fit. */
  oldest(settled: Ground<S>, bytesMax: number): readonly EntryBody[] {
    const out: EntryBody[] = [];
    let bytes = 0;
    for (const entry of this.#entries.values()) {
      if (!this.#judge(entry, settled)) continue;
      bytes += entry.bytes.length;
      if (out.length > 0 && bytes > bytesMax) break;
      out.push({ id: entry.entryId, bytes: entry.bytes });
    }
    return out;
  }

  /**
   * Entries for the next block on a branch: oldest first, each valid behind the ones before it. An
   * entry that is not valid there is passed over and holds nobody up.
   */
  select(
    branch: Ground<S>,
    taken: (key: string) => boolean,
    bounds: { readonly entries: number; readonly bytes: number },
  ): { readonly entries: readonly Selected[]; readonly state: S } {
    const out: Waiting[] = [];
    const keys = new Set<string>();
    let { state } = branch;
    let bytes = 0;
    for (const entry of this.#entries.values()) {
      if (out.length >= bounds.entries) break;
      if (bytes + entry.bytes.length > bounds.bytes) continue;
      if (keys.has(entry.key) || taken(entry.key)) continue;
      if (this.#rules.validate(state, entry.bytes, branch.height) !== true) continue;
      state = this.#rules.apply(state, entry.bytes, branch.height);
      keys.add(entry.key);
      bytes += entry.bytes.length;
      out.push(entry);
    }
    return { entries: out, state };
  }

  #judge(entry: Waiting, settled: Ground<S>): boolean {
    if (entry.judgedAt !== settled.height) {
      entry.judgedAt = settled.height;
      entry.eligible = this.#rules.validate(settled.state, entry.bytes, settled.height) === true;
    }
    return entry.eligible;
  }

  #oldestIdle(settled: Ground<S>, submitter: string | undefined): Waiting | undefined {
    for (const entry of this.#entries.values()) {
      if (submitter !== undefined && entry.submitter !== submitter) continue;
      if (!this.#judge(entry, settled)) return entry;
    }
    return undefined;
  }

  #remove(entry: Waiting): void {
    this.#entries.delete(entry.entryId);
    const ids = this.#byKey.get(entry.key);
    ids?.delete(entry.entryId);
    if (ids?.size === 0) this.#byKey.delete(entry.key);
    const left = (this.#bySubmitter.get(entry.submitter) ?? 1) - 1;
    if (left === 0) this.#bySubmitter.delete(entry.submitter);
    else this.#bySubmitter.set(entry.submitter, left);
    this.#version++;
  }
}

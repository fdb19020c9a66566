import type { BlockRecord, CommittedTip, EntryBody } from '../../domain/consensus.js';
import type { BlockId, EntryId } from '../../domain/ids.js';
import type { EntryIdentity, SettlementRules } from './settlement-rules.js';

/** A block above the committed tip with the bodies that have arrived so far. */
export interface BlockNode<S> {
  readonly id: BlockId;
  readonly record: BlockRecord;
  readonly bodies: (Uint8Array | undefined)[];
  readonly keys: Set<string>;
  /** An id stands twice in the block, or two entries have one key. */
  repeats: boolean;
  missing: number;
  /** Record and bodies are durable. */
  stored: boolean;
  /** Settled state behind this block, or why its entries are not valid; once it was folded. */
  outcome?: { readonly state: S } | { readonly refused: string };
}

/** The way from the committed tip (exclusive) to a block, ascending. */
export type Path<S> =
  | { readonly kind: 'linked'; readonly nodes: readonly BlockNode<S>[] }
  /** An ancestor is not held. */
  | { readonly kind: 'missing'; readonly digest: BlockId }
  /** The block does not descend from the committed tip. */
  | { readonly kind: 'beside' };

/** Blocks above the committed tip, and the states that their branches fold to. */
export class BlockTree<S> {
  readonly #rules: SettlementRules<S>;
  readonly #nodes = new Map<BlockId, BlockNode<S>>();
  readonly #byView = new Map<number, BlockId[]>();
  /** Which blocks wait for a body. */
  readonly #waiting = new Map<EntryId, Set<BlockId>>();
  #tip: CommittedTip;
  #settled: S;

  constructor(rules: SettlementRules<S>, tip: CommittedTip, settled: S) {
    this.#rules = rules;
    this.#tip = tip;
    this.#settled = settled;
  }

  get tip(): CommittedTip {
    return this.#tip;
  }

  /** The settled state at the committed tip. */
  get settled(): S {
    return this.#settled;
  }

  get size(): number {
    return this.#nodes.size;
  }

  node(id: BlockId): BlockNode<S> | undefined {
    return this.#nodes.get(id);
  }

  /** Blocks of a view, in order of arrival; more than one only under a faulty leader. */
  ofView(view: number): readonly BlockNode<S>[] {
    const ids = this.#byView.get(view) ?? [];
    return ids.flatMap((id) => this.#nodes.get(id) ?? []);
  }

  insert(id: BlockId, record: BlockRecord): BlockNode<S> {
    const held = this.#nodes.get(id);
    if (held) return held;
    const count = record.entryIds.length;
    const node: BlockNode<S> = {
      id,
      record,
      bodies: new Array<Uint8Array | undefined>(count).fill(undefined),
      keys: new Set(),
      repeats: new Set(record.entryIds).size !== count,
      missing: count,
      stored: false,
    };
    this.#nodes.set(id, node);
    const { view } = record.header;
    this.#byView.set(view, [...(this.#byView.get(view) ?? []), id]);
    for (const entryId of record.entryIds) {
      const waiting = this.#waiting.get(entryId);
      if (waiting) waiting.add(id);
      else this.#waiting.set(entryId, new Set([id]));
    }
    return node;
  }

  /** Gives a body to every block that waits for it; false when none does. */
  fill(identity: EntryIdentity, bytes: Uint8Array): boolean {
    const waiting = this.#waiting.get(identity.entryId);
    if (waiting === undefined) return false;
    this.#waiting.delete(identity.entryId);
    for (const id of waiting) {
      const node = this.#nodes.get(id);
      node?.record.entryIds.forEach((entryId, i) => {
        if (entryId !== identity.entryId || node.bodies[i] !== undefined) return;
        node.bodies[i] = bytes;
        node.missing--;
        if (node.keys.has(identity.key)) node.repeats = true;
        node.keys.add(identity.key);
      });
    }
    return true;
  }

  missingOf(node: BlockNode<S>): readonly EntryId[] {
    return node.record.entryIds.filter((_, i) => node.bodies[i] === undefined);
  }

  /** All bodies of a complete block, in order. */
  entriesOf(node: BlockNode<S>): readonly EntryBody[] {
    const out: EntryBody[] = [];
    node.record.entryIds.forEach((id, i) => {
      const bytes = node.bodies[i];
      if (bytes !== undefined) out.push({ id, bytes });
    });
    return out;
  }

  path(id: BlockId): Path<S> {
    const nodes: BlockNode<S>[] = [];
    for (let at = id; at !== this.#tip.block;) {
      const node = this.#nodes.get(at);
      if (node === undefined) return { kind: 'missing', digest: at };
      if (node.record.header.height <= this.#tip.height) return { kind: 'beside' };
      nodes.push(node);
      at = node.record.header.parent;
    }
    return { kind: 'linked', nodes: nodes.reverse() };
  }

  /** Folds the entries of a complete linked path; stops at the first block that is not valid. */
  fold(nodes: readonly BlockNode<S>[]): { readonly state: S } | { readonly refused: string } {
    let state = this.#settled;
    for (const [i, node] of nodes.entries()) {
      node.outcome ??= this.#foldOne(state, node, nodes.slice(0, i));
      if ('refused' in node.outcome) return node.outcome;
      state = node.outcome.state;
    }
    return { state };
  }

  #foldOne(
    before: S,
    node: BlockNode<S>,
    ancestors: readonly BlockNode<S>[],
  ): { readonly state: S } | { readonly refused: string } {
    if (node.repeats) return { refused: 'an entry stands twice in the block' };
    for (const key of node.keys) {
      if (ancestors.some((ancestor) => ancestor.keys.has(key))) {
        return { refused: 'an entry stands in an ancestor' };
      }
    }
    const { height } = node.record.header;
    let state = before;
    for (const bytes of node.bodies) {
      if (bytes === undefined) return { refused: 'a body is missing' };
      const valid = this.#rules.validate(state, bytes, height);
      if (valid !== true) return { refused: valid };
      state = this.#rules.apply(state, bytes, height);
    }
    return { state };
  }

  /** Makes a folded child of the tip final. `sweep` follows once per batch. */
  commit(node: BlockNode<S>, settled: S): void {
    const { height, view } = node.record.header;
    this.#tip = { block: node.id, height, view };
    this.#settled = settled;
    this.#drop(node);
  }

  /** Drops what is beside the committed chain, with its descendants; answers it. */
  sweep(): readonly BlockNode<S>[] {
    const beside = new Map<BlockId, BlockNode<S>>();
    for (let found = true; found;) {
      found = false;
      for (const node of this.#nodes.values()) {
        const { height, parent } = node.record.header;
        if (beside.has(node.id)) continue;
        const late = height <= this.#tip.height;
        const rival = height === this.#tip.height + 1 && parent !== this.#tip.block;
        if (!late && !rival && !beside.has(parent)) continue;
        beside.set(node.id, node);
        found = true;
      }
    }
    for (const node of beside.values()) this.#drop(node);
    return [...beside.values()];
  }

  /** Drops blocks of views below `view` that are not among `keep`; answers them. */
  prune(view: number, keep: ReadonlySet<BlockId>): readonly BlockNode<S>[] {
    const old = [...this.#nodes.values()].filter(
      (node) => node.record.header.view < view && !keep.has(node.id),
    );
    for (const node of old) this.#drop(node);
    return old;
  }

  #drop(node: BlockNode<S>): void {
    this.#nodes.delete(node.id);
    const { view } = node.record.header;
    const left = (this.#byView.get(view) ?? []).filter((id) => id !== node.id);
    if (left.length > 0) this.#byView.set(view, left);
    else this.#byView.delete(view);
    for (const entryId of node.record.entryIds) {
      const waiting = this.#waiting.get(entryId);
      waiting?.delete(node.id);
      if (waiting?.size === 0) this.#waiting.delete(entryId);
    }
  }
}

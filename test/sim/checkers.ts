import type { CommittedBlock, Equivocation } from '../../src/domain/consensus.js';
import type { SignRequest } from '../../src/core/consensus/index.js';

/** Watches a run from outside; throws at the first thing that must never happen. */
export class Checkers {
  readonly #chain = new Map<number, string>();
  readonly #signed = new Map<string, string>();
  readonly #delivered = new Map<number, number>();
  readonly #keys = new Map<string, number>();
  readonly honest: ReadonlySet<number>;
  readonly equivocations: Equivocation[] = [];

  constructor(honest: ReadonlySet<number>) {
    this.honest = honest;
  }

  /** Agreement: one block per height among honest nodes. */
  onCommit(node: number, block: CommittedBlock, keys: readonly string[]): void {
    if (!this.honest.has(node)) return;
    const held = this.#chain.get(block.height);
    if (held !== undefined && held !== block.id) {
      throw new Error(`AGREEMENT: height ${block.height}: ${held} and ${block.id}`);
    }
    this.#chain.set(block.height, block.id);
    const next = (this.#delivered.get(node) ?? 0) + 1;
    if (block.height !== next)
      throw new Error(`ORDER: node ${node} at ${block.height}, not ${next}`);
    this.#delivered.set(node, next);
    for (const key of keys) {
      const at = this.#keys.get(key);
      if (at !== undefined && at !== block.height) throw new Error(`TWICE: ${key}`);
      this.#keys.set(key, block.height);
    }
  }

  /** Nothing that was delivered may be missing from the disk. Answers the last delivered height. */
  onRestart(node: number, height: number): number {
    const delivered = this.#delivered.get(node) ?? 0;
    if (delivered > height) throw new Error(`DURABILITY: node ${node}`);
    return delivered;
  }

  /** One statement per kind and view over the node's whole life. */
  onSigned(node: number, { statement }: SignRequest): void {
    if (!this.honest.has(node)) return;
    const said = statement.kind === 'timeout' ? String(statement.highQC.view) : statement.block;
    const slot = `${node}:${statement.kind}:${statement.view}`;
    const before = this.#signed.get(slot);
    if (before !== undefined && before !== said) throw new Error(`SINGLE-VOTE: ${slot}`);
    this.#signed.set(slot, said);
  }

  onEquivocation(found: Equivocation): void {
    this.equivocations.push(found);
    if (this.honest.has(found.member))
      throw new Error(`FRAMED: honest ${found.member}, ${found.rule}`);
  }

  settled(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Height of the newest block with entries. SEALs above it settle nothing: nobody waits for one. */
  get settledHeight(): number {
    return Math.max(0, ...this.#keys.values());
  }

  get height(): number {
    return this.#chain.size;
  }
}

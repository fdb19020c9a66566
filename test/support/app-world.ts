import { setImmediate } from 'node:timers/promises';
import type { Nation } from '../../src/domain/ids.js';
import { nation } from '../../src/domain/ids.js';
import { toHex, utf8 } from '../../src/base/bytes.js';
import { MemoryCarrier } from './app-world-carrier.js';
import { AppNation } from './app-world-nation.js';
import type { NodeOptions } from './app-world-node.js';
import { AppNode } from './app-world-node.js';
import { VirtualTime } from './app-world-time.js';

const LIMIT_MS = 120_000;

/**
 * Applications of several nations over stores and carriers in memory, in virtual time. `settle` lets
 * everything happen that happens without waiting; `until` lets time pass as well.
 */
export class AppWorld {
  readonly time = new VirtualTime();
  readonly carrier = new MemoryCarrier();
  readonly #pending = { count: 0 };
  readonly #nodes = new Map<Nation, AppNode>();

  constructor(codes: readonly string[], options: Readonly<Record<string, NodeOptions>> = {}) {
    const nations = codes.map((code) => new AppNation(code));
    const parts = {
      time: this.time,
      carrier: this.carrier,
      pending: this.#pending,
      roots: nations.map(({ root }) => root),
    };
    for (const of of nations) {
      this.#nodes.set(of.nation, new AppNode(of, parts, options[of.nation] ?? {}));
    }
  }

  get nodes(): readonly AppNode[] {
    return [...this.#nodes.values()];
  }

  node(code: string): AppNode {
    const node = this.#nodes.get(nation(code));
    if (node === undefined) throw new Error(`${code} is not in this world`);
    return node;
  }

  /** Starts every node; each logs its credentials and its trust in all others; links them. */
  async found(): Promise<void> {
    for (const node of this.nodes) await node.start();
    for (const node of this.nodes) {
      for (const { bytes } of node.of.published) {
        await node.act({ act: 'publish-credential', credential: bytes });
      }
      for (const { of } of this.nodes.filter((other) => other !== node)) {
        await node.act({ act: 'trust', root: of.root.bytes, entry: of.trustInput() });
      }
    }
    this.linkAll();
    await this.run(2000);
  }

  linkAll(codes: readonly string[] = [...this.#nodes.keys()]): void {
    for (const [i, a] of codes.entries()) {
      for (const b of codes.slice(i + 1)) this.carrier.connect(nation(a), nation(b));
    }
  }

  /** Cuts the links between one node and all others. */
  isolate(code: string): void {
    for (const { nation: other } of this.nodes) {
      if (other !== code) this.carrier.cut(nation(code), other);
    }
  }

  async restart(code: string): Promise<void> {
    const node = this.node(code);
    if (node.running) node.crash();
    await node.start();
    for (const other of this.nodes) {
      if (other !== node && other.running) this.carrier.connect(node.nation, other.nation);
    }
    await this.settle();
  }

  /** Everything that is under way is done; no time passes. */
  async settle(): Promise<void> {
    do await setImmediate();
    while (this.carrier.busy > 0 || this.#pending.count > 0);
    await setImmediate();
    if (this.carrier.busy > 0 || this.#pending.count > 0) await this.settle();
  }

  /** Lets that much time pass. */
  async run(ms: number): Promise<void> {
    const limit = this.time.nowMs() + ms;
    do await this.settle();
    while (this.time.next(limit));
  }

  /** Lets time pass until something holds; fails when it does not within the limit. */
  async until(what: string, holds: () => Promise<boolean> | boolean, ms = LIMIT_MS): Promise<void> {
    const limit = this.time.nowMs() + ms;
    for (;;) {
      await this.settle();
      if (await holds()) return;
      if (!this.time.next(limit)) throw new Error(`not within ${String(ms)} ms: ${what}`);
    }
  }

  /** Whether a text stands in anything that was delivered to a node, as bytes. */
  delivered(code: string, text: string): boolean {
    const needle = Buffer.from(text);
    const notes = this.carrier.delivered.get(nation(code)) ?? [];
    return notes.some(({ bytes }) => Buffer.from(bytes).includes(needle));
  }

  /** Whether a text stands in anything that a node stores. */
  stored(code: string, text: string): boolean {
    const { log, state, safety } = this.node(code);
    const needle = Buffer.from(utf8(text));
    const hex = toHex(utf8(text));
    const seen = new Set<unknown>();
    const holds = (value: unknown): boolean => {
      if (value instanceof Uint8Array) return Buffer.from(value).includes(needle);
      if (typeof value === 'string') return value.includes(text) || value.includes(hex);
      if (typeof value !== 'object' || value === null || seen.has(value)) return false;
      seen.add(value);
      if (value instanceof Map) return [...value].some(([k, v]) => holds(k) || holds(v));
      if (value instanceof Set || Array.isArray(value)) return [...value].some(holds);
      return Object.values(value).some(holds);
    };
    return [log, state, safety].some((store) => holds(store.dump()));
  }
}

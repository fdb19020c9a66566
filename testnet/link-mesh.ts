import { createLinkProxy, type LinkProxy, type LinkShape } from './link-proxy.js';

/** A cut between two nations: nothing from `from` reaches `to`. */
export interface Cut {
  readonly from: string;
  readonly to: string;
}

export interface MeshCounters {
  /** Bytes that crossed since the mesh stands. */
  readonly bytes: number;
  /** Bytes that crossed in a cut direction since it was cut. */
  readonly bytesWhileCut: number;
  /** Directions that are cut now. */
  readonly cut: readonly string[];
}

/** A small, uneven network: what a staff network over one site has. */
const SHAPE: Partial<LinkShape> = { delayMs: 1, jitterMs: 2 };

function key(from: string, to: string): string {
  return `${from}>${to}`;
}

/**
 * Every directed link between nations, each through a seeded proxy of its own. Connections that
 * A dials to B run through A>B and carry both directions.
 */
export class LinkMesh {
  readonly #proxies: ReadonlyMap<string, LinkProxy>;
  readonly #cut = new Map<string, Cut>();
  readonly #before = new Map<string, number>();

  private constructor(proxies: ReadonlyMap<string, LinkProxy>) {
    this.#proxies = proxies;
  }

  /** @param ports where each nation's node listens on loopback */
  static async create(ports: ReadonlyMap<string, number>, seed: number): Promise<LinkMesh> {
    const proxies = new Map<string, LinkProxy>();
    for (const from of ports.keys()) {
      for (const [to, targetPort] of ports) {
        if (from === to) continue;
        const name = key(from, to);
        const own = seed * 1_000 + proxies.size;
        const options = { targetHost: '127.0.0.1', targetPort, seed: own, name, shape: SHAPE };
        proxies.set(name, await createLinkProxy(options));
      }
    }
    return new LinkMesh(proxies);
  }

  /** Where `from` finds `to`: address as listened on → address of the link. */
  addressMap(from: string, ports: ReadonlyMap<string, number>): Record<string, string> {
    return Object.fromEntries(
      [...ports]
        .filter(([to]) => to !== from)
        .map(([to, port]) => {
          const proxy = this.#proxies.get(key(from, to));
          return [loopback(port), loopback(proxy?.port ?? 0)];
        }),
    );
  }

  /** Cuts every link between nations of different groups, or only from the first group to the rest. */
  partition(groups: readonly (readonly string[])[], oneWay: boolean): readonly Cut[] {
    const cuts = groups.flatMap((group, i) =>
      groups.flatMap((other, j) =>
        i === j || (oneWay && i !== 0)
          ? []
          : group.flatMap((from) => other.map((to) => ({ from, to }))),
      ),
    );
    for (const cut of cuts) this.#apply(cut);
    return cuts;
  }

  heal(): void {
    for (const { from, to } of this.#cut.values()) {
      this.#proxies.get(key(from, to))?.restore('forward');
      this.#proxies.get(key(to, from))?.restore('backward');
    }
    this.#cut.clear();
    this.#before.clear();
  }

  counters(): MeshCounters {
    const all = [...this.#proxies.values()].map((proxy) => proxy.counters());
    const bytes = all.reduce((sum, now) => sum + now.forward.bytes + now.backward.bytes, 0);
    const cut = [...this.#cut.keys()];
    const bytesWhileCut = cut.reduce(
      (sum, name) => sum + this.#crossed(name) - (this.#before.get(name) ?? 0),
      0,
    );
    return { bytes, bytesWhileCut, cut };
  }

  /** Bytes that ever crossed into one nation's node, over all its links. */
  bytesInto(nation: string): number {
    return [...this.#proxies.keys()].reduce((sum, name) => {
      const [from = '', to = ''] = name.split('>');
      return to === nation ? sum + this.#crossed(key(from, to)) : sum;
    }, 0);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.close()));
  }

  #apply(cut: Cut): void {
    const { from, to } = cut;
    const name = key(from, to);
    if (this.#cut.has(name)) return;
    this.#proxies.get(name)?.cut('forward');
    this.#proxies.get(key(to, from))?.cut('backward');
    this.#cut.set(name, cut);
    this.#before.set(name, this.#crossed(name));
  }

  /** Bytes from one nation to the other, whoever dialled. */
  #crossed(name: string): number {
    const [from = '', to = ''] = name.split('>');
    const dialled = this.#proxies.get(key(from, to))?.counters().forward.bytes ?? 0;
    const answered = this.#proxies.get(key(to, from))?.counters().backward.bytes ?? 0;
    return dialled + answered;
  }
}

export function loopback(port: number): string {
  return `/ip4/127.0.0.1/tcp/${String(port)}`;
}

/** `AUS,GBR/JPN,USA` as groups; a nation of `all` that is not named joins the first group. */
export function parseGroups(text: string, all: readonly string[]): readonly (readonly string[])[] {
  const named = text.split('/').map((group) => group.split(',').map((name) => name.trim()));
  const flat = named.flat();
  const unknown = flat.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new RangeError(`${unknown || 'an empty name'} has no node here`);
  if (new Set(flat).size !== flat.length) throw new RangeError('a nation stands in one group only');
  if (named.length < 2) throw new RangeError('two or more groups, with a slash between them');
  const [first = [], ...rest] = named;
  return [[...first, ...all.filter((name) => !flat.includes(name))], ...rest];
}

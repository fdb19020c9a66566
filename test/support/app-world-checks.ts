import type { CoreId, EventId, Nation } from '../../src/domain/ids.js';
import type { AppWorld } from './app-world.js';
import type { AppNode } from './app-world-node.js';

/** Events of one position of a stream, over everything that the nodes of a world store. */
export async function doubledPositions(world: AppWorld): Promise<readonly string[]> {
  const positions = new Map<string, EventId>();
  const doubled = new Set<string>();
  for (const node of world.nodes) {
    for await (const { event, subject } of node.log.events({})) {
      const place = `${subject} ${String(event.payload.seq)}`;
      const held = positions.get(place);
      if (held !== undefined && held !== event.id) doubled.add(place);
      positions.set(place, event.id);
    }
  }
  return [...doubled];
}

/** Settled records of one settlement in a nation's own log. */
export async function settledRecords(node: AppNode, id: CoreId): Promise<number> {
  const views = await node.service.events({ type: 'settled-record', limit: 10_000 });
  return views.filter(
    ({ nation, content }) =>
      nation === node.nation && (content as { coreId?: string } | null)?.coreId === id,
  ).length;
}

/** Nations whose log a node does not hold up to the owner's own size and root. */
export async function behind(world: AppWorld): Promise<readonly string[]> {
  const own = new Map<Nation, { readonly size: number; readonly root: string }>();
  for (const { nation, service } of world.nodes) own.set(nation, (await service.status()).log);
  const missing: string[] = [];
  for (const { nation, service } of world.nodes) {
    const heads = new Map((await service.status()).heads.map((head) => [head.nation, head]));
    for (const [other, { size, root }] of own) {
      const held = heads.get(other);
      if (other === nation || (held?.size === size && held.root === root)) continue;
      missing.push(`${nation} holds ${String(held?.size ?? 0)} of ${String(size)} of ${other}`);
    }
  }
  return missing;
}

/** What the audit of every node's stored logs finds. */
export async function auditFindings(world: AppWorld): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { nation, service } of world.nodes) {
    const { findings } = await service.auditLog();
    found.push(...findings.map(({ code, detail }) => `${nation}: ${code} ${detail}`));
  }
  return found;
}

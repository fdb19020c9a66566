import type { ProposeRequest } from '../../src/app/service.js';
import { digestLabel } from '../../src/domain/codec/label.js';
import { parseMarking } from '../../src/core/labels/index.js';
import { MISSION_POLICY } from '../../src/core/policy/index.js';
import type { Role } from '../../src/domain/event.js';
import type { CoreId, DeclarationDigest, EventId } from '../../src/domain/ids.js';
import type { OperationDeclaration } from '../../src/domain/operation.js';
import type { SettlementView } from '../../src/domain/views.js';
import type { NodeOptions } from './app-world-node.js';
import { AppWorld } from './app-world.js';

export type Roles = Readonly<Record<string, Role>>;

/** The reference coalition: four voters, two observers. */
export const COALITION: Roles = {
  AUS: 'lead',
  GBR: 'supporting',
  JPN: 'supporting',
  USA: 'supporting',
  CAN: 'observing',
  NZL: 'observing',
};

export function secretTo(...codes: readonly string[]): string {
  return `MISSION SECRET REL TO ${[...codes].sort().join(', ')}`;
}

export const FVEY = secretTo('AUS', 'CAN', 'GBR', 'NZL', 'USA');
export const ACTING = secretTo('AUS', 'GBR', 'JPN', 'USA');

function labelBytes(text: string): Uint8Array {
  const parsed = parseMarking(text, MISSION_POLICY, '2025-11-24T00:00:00Z');
  if (!parsed.ok) throw new Error(parsed.error.detail);
  return digestLabel(parsed.value).bytes;
}

export function declarationOf(world: AppWorld, roles: Roles, title = 'Maritime interdiction') {
  const byTheLead = [{ of: { part: 'lead' as const }, domain: 'operations' }];
  const declaration: OperationDeclaration = {
    title,
    purposeLabel: labelBytes(secretTo(...Object.keys(roles))),
    participants: Object.entries(roles)
      .map(([code, role]) => world.node(code).of.participant(role))
      .sort((a, b) => (a.nation < b.nation ? -1 : 1)),
    quorumProfile: 'bft',
    authorityMap: new Map([
      ['decision', byTheLead],
      ['tasking', byTheLead],
      ['closure', byTheLead],
    ]),
    rulesVersion: 1,
    pinned: [],
    nonce: new Uint8Array(16).fill(title.length),
  };
  return declaration;
}

/** The lead declares; every participant accepts; the operation is active everywhere. */
export async function openOperation(world: AppWorld, roles: Roles): Promise<void> {
  const label = secretTo(...Object.keys(roles));
  const lead = Object.keys(roles).find((code) => roles[code] === 'lead') ?? '';
  const declared = await world
    .node(lead)
    .act({ act: 'declare', declaration: declarationOf(world, roles), label });
  const declaration = declared.declaration as DeclarationDigest;
  for (const code of Object.keys(roles)) {
    const { service } = world.node(code);
    await world.until(`${code} holds the declaration`, () =>
      service.operations().some((view) => view.declaration === declaration),
    );
    await world.node(code).act({ act: 'accept', declaration });
  }
  await world.until('the operation is active everywhere', () =>
    Object.keys(roles).every((code) =>
      world
        .node(code)
        .service.operations()
        .some(({ state }) => state === 'active'),
    ),
  );
}

/** A world whose nations know each other and take part in one active operation. */
export async function founded(
  roles: Roles,
  options: Readonly<Record<string, NodeOptions>> = {},
): Promise<AppWorld> {
  const world = new AppWorld(Object.keys(roles), options);
  await world.found();
  await openOperation(world, roles);
  return world;
}

/** Content that a nation's node publishes. */
export async function say(
  world: AppWorld,
  code: string,
  text: string,
  label: string,
  type: 'intelligence-product' | 'labelled-message' | 'contribution' = 'labelled-message',
): Promise<EventId> {
  const view = await world.node(code).emit({ type, label, content: { kind: 'text', text } });
  return view.id as EventId;
}

/** Lets time pass until these nations hold an event. */
export async function reached(world: AppWorld, id: EventId, ...codes: string[]): Promise<void> {
  await world.until(`${codes.join(', ')} hold ${id}`, async () => {
    const views = await Promise.all(codes.map((code) => world.node(code).service.event(id)));
    return views.every((view) => view !== undefined);
  });
}

export async function propose(
  world: AppWorld,
  code: string,
  request: Omit<ProposeRequest, 'act'>,
): Promise<CoreId> {
  const result = await world.node(code).act({ act: 'propose', ...request });
  await world.settle();
  return result.settlement as CoreId;
}

export function settlementAt(
  world: AppWorld,
  code: string,
  id: CoreId,
): Promise<SettlementView | undefined> {
  return world.node(code).service.settlement(id);
}

/** Approves as soon as the nation was shown the core and its outcome. */
export async function approve(world: AppWorld, code: string, id: CoreId): Promise<void> {
  await world.until(`${code} can read what it approves`, async () => {
    const view = await settlementAt(world, code, id);
    return typeof view?.outcome?.event === 'string';
  });
  await world.node(code).act({ act: 'approve', settlement: id });
}

export async function settled(world: AppWorld, id: CoreId, ...codes: string[]): Promise<void> {
  await world.until(`${codes.join(', ')} settled ${id}`, async () => {
    const views = await Promise.all(codes.map((code) => settlementAt(world, code, id)));
    return views.every((view) => view?.state === 'settled');
  });
}

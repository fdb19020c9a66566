import { beforeAll, describe, expect, it } from 'vitest';
import type { CoreId, EventId } from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import type { Lineage } from '../../../src/domain/lineage.js';
import type { AppWorld } from '../../support/app-world.js';
import {
  ACTING,
  COALITION,
  FVEY,
  approve,
  founded,
  propose,
  reached,
  say,
  secretTo,
  settled,
} from '../../support/app-world-operation.js';

const CONSENTED = secretTo('AUS', 'GBR', 'USA');

let world: AppWorld;
let id: CoreId;
let e1: EventId;
let e2: EventId;
let e3: EventId;
let e4: EventId;

async function lineageAt(code: string): Promise<Lineage> {
  const lineage = await world.node(code).service.lineage(id);
  if (lineage === undefined) throw new Error(`${code} has no lineage of the settlement`);
  return lineage;
}

function eventsOf({ nodes }: Lineage): readonly string[] {
  return nodes.flatMap((node) => (node.kind === 'event' ? [node.id] : []));
}

function withheldOf({ nodes }: Lineage): readonly string[] {
  return nodes
    .flatMap((node) => (node.kind === 'withheld' ? [`${node.part} by ${String(node.by)}`] : []))
    .sort();
}

function settlementOf({ nodes }: Lineage) {
  return nodes.find((node) => node.kind === 'settlement');
}

/** The settlement of the coalition model's worked example: cue, contribution, consent, decision. */
beforeAll(async () => {
  world = await founded(COALITION);
  e1 = await say(world, 'GBR', 'the cue', FVEY, 'intelligence-product');
  e2 = await say(world, 'USA', 'a track on offer', ACTING, 'contribution');
  await reached(world, e1, 'AUS', 'USA');
  await reached(world, e2, 'AUS', 'GBR', 'JPN');
  const consent = await world.node('GBR').act({
    act: 'consent',
    event: e1,
    requester: nation('AUS'),
    recipients: ['AUS', 'GBR', 'JPN', 'USA'].map(nation),
    purpose: 'interdiction',
    maxLabel: ACTING,
    label: CONSENTED,
  });
  e3 = consent.events[0] as EventId;
  await reached(world, e3, 'AUS', 'USA');
  id = await propose(world, 'AUS', {
    kind: 'decision',
    inputs: [
      { event: e1, mode: 'cites' },
      { event: e2, mode: 'cites' },
    ],
    label: ACTING,
    reason: 'cue and track agree',
  });
  for (const code of ['GBR', 'USA', 'AUS']) await approve(world, code, id);
  await settled(world, id, ...Object.keys(COALITION));
  await world.run(3000);
  const view = await world.node('AUS').service.settlement(id);
  e4 = view?.outcome?.event as EventId;
});

describe('the lineage of one settlement, as each nation may know it', () => {
  it.each(['AUS', 'GBR', 'USA'])(
    '%s sees the decision from both inputs, with the consent',
    async (code) => {
      const lineage = await lineageAt(code);
      expect(eventsOf(lineage)).toEqual(expect.arrayContaining([e1, e2, e3, e4]));
      expect(withheldOf(lineage)).toEqual([]);
      expect(lineage.edges).toContainEqual({ from: e1, to: e4, relation: 'derived-from' });
      expect(settlementOf(lineage)).toMatchObject({ approvals: ['AUS', 'GBR', 'USA'] });
    },
  );

  it('JPN sees the decision from the contribution and one input withheld by GBR', async () => {
    const lineage = await lineageAt('JPN');
    expect(eventsOf(lineage)).toEqual(expect.arrayContaining([e2, e4]));
    expect(eventsOf(lineage)).not.toContain(e1);
    expect(eventsOf(lineage)).not.toContain(e3);
    expect(withheldOf(lineage)).toEqual(['input by GBR']);
    expect(settlementOf(lineage)).toMatchObject({ approvals: ['AUS', 'GBR', 'USA'] });
  });

  it.each(['CAN', 'NZL'])('%s sees the settlement and the cue used in it', async (code) => {
    const lineage = await lineageAt(code);
    expect(eventsOf(lineage)).toContain(e1);
    expect(eventsOf(lineage)).not.toContain(e2);
    expect(eventsOf(lineage)).not.toContain(e4);
    expect(withheldOf(lineage)).toEqual(['input by USA', 'outcome by AUS']);
    expect(settlementOf(lineage)).toMatchObject({ approvals: ['AUS', 'GBR', 'USA'] });
  });

  it('holds nothing that was sent without a release', () => {
    expect(world.carrier.faults).toEqual([]);
  });
});

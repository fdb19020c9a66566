import { beforeAll, describe, expect, it } from 'vitest';
import type { CredentialKind } from '../../../src/domain/credential.js';
import type { CoreId, EventId } from '../../../src/domain/ids.js';
import { AppNation } from '../../support/app-world-nation.js';
import type { AppWorld } from '../../support/app-world.js';
import {
  ACTING,
  approve,
  founded,
  propose,
  reached,
  say,
  settled,
  settlementAt,
} from '../../support/app-world-operation.js';

const FOUR = { AUS: 'lead', GBR: 'supporting', JPN: 'supporting', USA: 'supporting' } as const;
const KINDS = ['platform', 'unit', 'person', 'node', 'release', 'replica'] as const;

let world: AppWorld;
let inputs: readonly { readonly event: EventId; readonly mode: 'cites' }[];

function proposed(reason: string): Promise<CoreId> {
  return propose(world, 'AUS', { kind: 'decision', inputs, label: ACTING, reason });
}

/** Keys of GBR that are no authority's. */
function gbrCredentials() {
  const gbr = new AppNation('GBR');
  const kinds: readonly CredentialKind[] = ['platform', 'unit', 'person'];
  return kinds.map((kind) => gbr.credential(kind));
}

beforeAll(async () => {
  world = await founded(FOUR, { GBR: { credentials: gbrCredentials() } });
  const offers = [];
  for (const code of ['GBR', 'USA']) {
    offers.push(await say(world, code, `offer of ${code}`, ACTING, 'contribution'));
  }
  for (const offer of offers) await reached(world, offer, 'AUS', 'GBR', 'JPN', 'USA');
  inputs = offers.map((event) => ({ event, mode: 'cites' as const }));
});

describe('a settlement and its approvals', () => {
  it('waits for the last approval, however many would vote for it', async () => {
    const id = await proposed('waits for USA');
    await approve(world, 'GBR', id);
    await approve(world, 'AUS', id);
    await world.run(60_000);
    for (const { nation, service } of world.nodes) {
      const view = await service.settlement(id);
      expect([nation, view?.state, view?.stateText]).toEqual([
        nation,
        'awaiting-approval',
        'awaiting USA approval',
      ]);
      expect(service.operations()[0]?.connectedVoters).toHaveLength(4);
    }
    await approve(world, 'USA', id);
    await settled(world, id, 'AUS', 'GBR', 'JPN', 'USA');
  });

  it('is refused by one owner for all', async () => {
    const id = await proposed('refused by GBR');
    const gbr = world.node('GBR');
    await approve(world, 'USA', id);
    await gbr.act({ act: 'refuse', settlement: id, reason: 'not with our radar' });
    await world.run(1000);
    await approve(world, 'AUS', id);
    await world.run(60_000);
    for (const { service } of world.nodes) {
      const view = await service.settlement(id);
      expect(view?.state).toBe('refused');
      expect(view?.refusals).toEqual([{ nation: 'GBR', reason: 'not with our radar' }]);
    }
  });

  it('is not refused by a nation of which nothing is used', async () => {
    const id = await proposed('JPN has no say in it');
    await world.run(1000);
    const asked = { act: 'refuse', settlement: id, reason: 'rather not' } as const;
    expect(await world.node('JPN').refused(asked)).toMatchObject({ code: 'WRONG_KEY' });
    for (const code of ['AUS', 'GBR', 'USA']) await approve(world, code, id);
    await settled(world, id, 'AUS', 'GBR', 'JPN', 'USA');
  });

  it('goes on after a stuck one', async () => {
    const stuck = await proposed('nobody approves');
    const next = await proposed('everybody approves');
    for (const code of ['AUS', 'GBR', 'USA']) await approve(world, code, next);
    await settled(world, next, 'AUS', 'GBR', 'JPN', 'USA');
    expect((await settlementAt(world, 'USA', stuck))?.state).toBe('awaiting-approval');
  });

  it.each(KINDS)('is neither approved nor tasked nor consented to by a %s key', async (kind) => {
    const id = await proposed(`touched by a ${kind}`);
    await world.run(1000);
    const gbr = world.node('GBR');
    const before = (await gbr.service.status()).log.size;
    const hand = gbr.of.hand(kind);
    const own = inputs[0]?.event ?? ('' as EventId);
    const acts = [
      { act: 'approve', settlement: id },
      { act: 'refuse', settlement: id, reason: 'no' },
      { act: 'propose', kind: 'tasking', inputs, label: ACTING, reason: 'go', asset: 'radar' },
      {
        act: 'consent',
        event: own,
        requester: world.node('AUS').nation,
        recipients: [],
        purpose: 'any',
        maxLabel: ACTING,
        label: ACTING,
      },
    ] as const;
    for (const act of acts) {
      const refusal = await gbr.refused(act, hand);
      expect([act.act, refusal.code]).toEqual([act.act, 'WRONG_KEY']);
      expect(refusal.rule).toContain('authority key of GBR');
    }
    expect(hand.statements).toEqual([]);
    expect((await gbr.service.status()).log.size).toBe(before);
  });

  it('leaves no fault behind', () => {
    expect(world.carrier.faults).toEqual([]);
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { EventId } from '../../../src/domain/ids.js';
import type { AppWorld } from '../../support/app-world.js';
import { auditFindings, behind, doubledPositions } from '../../support/app-world-checks.js';
import {
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

// Six nations in one process, on a machine that may be busy with other things.
vi.setConfig({ testTimeout: 120_000 });

const DAY_MS = 24 * 3600 * 1000;

/** Receipts that a nation's node wrote for an event, as it reads them itself. */
async function receipts(world: AppWorld, code: string, id: EventId): Promise<number> {
  const { service, nation } = world.node(code);
  const views = await service.events({ type: 'consumption-receipt', nation, limit: 10_000 });
  return views.filter(({ content }) => (content as { event?: string } | null)?.event === id).length;
}

describe('an observing nation', () => {
  it('writes one receipt for each event that it opened, and settles nothing', async () => {
    const world = await founded(COALITION);
    const cue = await say(world, 'GBR', 'the cue', FVEY, 'intelligence-product');
    await reached(world, cue, 'AUS', 'CAN', 'NZL', 'USA');
    await world.run(3000);
    for (const code of ['CAN', 'NZL']) expect(await receipts(world, code, cue)).toBe(1);
    for (const code of ['AUS', 'USA']) expect(await receipts(world, code, cue)).toBe(0);

    const can = world.node('CAN');
    const before = (await can.service.status()).log.size;
    const proposal = {
      act: 'propose',
      kind: 'decision',
      inputs: [{ event: cue, mode: 'cites' }],
      label: FVEY,
      reason: 'CAN decides',
    } as const;
    expect(await can.refused(proposal)).toMatchObject({ code: 'OUT_OF_ROLE' });
    const told = can.of.hand();
    const track = {
      type: 'labelled-message',
      label: FVEY,
      content: { kind: 'text', text: 'CAN speaks' },
    } as const;
    expect(await can.refused({ act: 'emit', event: track }, told)).toMatchObject({
      code: 'OUT_OF_ROLE',
    });
    expect(await can.service.emit(track)).toMatchObject({
      ok: false,
      error: { code: 'OUT_OF_ROLE' },
    });
    expect(told.statements).toEqual([]);
    expect((await can.service.status()).log.size).toBe(before);

    const offer = await say(world, 'GBR', 'an offer', FVEY, 'contribution');
    await reached(world, offer, 'AUS');
    const id = await propose(world, 'AUS', {
      kind: 'decision',
      inputs: [{ event: offer, mode: 'cites' }],
      label: FVEY,
      reason: 'watch',
    });
    await approve(world, 'GBR', id);
    await approve(world, 'AUS', id);
    await settled(world, id, ...Object.keys(COALITION));
    const view = await can.service.settlement(id);
    expect(view?.signers).not.toContain('CAN');
    await world.restart('CAN');
    await world.run(3000);
    expect(await receipts(world, 'CAN', cue)).toBe(1);
    expect(world.carrier.faults).toEqual([]);
  });

  it('opens what was sent to it and receipts it once, whatever write it crashes at', async () => {
    const world = await founded({ AUS: 'lead', CAN: 'observing' });
    const label = secretTo('AUS', 'CAN');
    const can = world.node('CAN');
    const told: EventId[] = [];
    for (let k = 1, done = false; !done; k++) {
      // A key lives for a day: each event here is the first under a new grant.
      await world.run(DAY_MS + 1000);
      let writes = 0;
      can.crashAt({ when: 'before', store: 'any', at: () => ++writes === k });
      const id = await say(world, 'AUS', `product ${String(k)}`, label, 'intelligence-product');
      told.push(id);
      await world.run(3000);
      done = can.running;
      if (!done) await world.restart('CAN');
      await world.run(3000);
    }
    expect(told.length).toBeGreaterThan(4);
    for (const [i, id] of told.entries()) {
      const view = await can.service.event(id);
      expect(view?.content).toMatchObject({ text: `product ${String(i + 1)}` });
      expect([i, await receipts(world, 'CAN', id)]).toEqual([i, 1]);
    }
    await world.run(3000);
    expect(await behind(world)).toEqual([]);
    expect(await doubledPositions(world)).toEqual([]);
    expect(await auditFindings(world)).toEqual([]);
  });
});

import { describe, expect, it, vi } from 'vitest';
import {
  auditFindings,
  behind,
  doubledPositions,
  settledRecords,
} from '../../support/app-world-checks.js';
import {
  ACTING,
  COALITION,
  approve,
  founded,
  propose,
  reached,
  say,
  settled,
  settlementAt,
} from '../../support/app-world-operation.js';

// Six nations in one process, on a machine that may be busy with other things.
vi.setConfig({ testTimeout: 120_000 });

const ALL = Object.keys(COALITION);
const MAJORITY = ALL.filter((code) => code !== 'JPN');

describe('a voter that is cut off', () => {
  it('emits and consents, settles nothing, and learns after the heal what was settled', async () => {
    const world = await founded(COALITION);
    const offers = [];
    for (const code of ['USA', 'JPN']) {
      offers.push(await say(world, code, `offer of ${code}`, ACTING, 'contribution'));
    }
    const [ofUsa, ofJpn] = offers;
    if (ofUsa === undefined || ofJpn === undefined) throw new Error('no offers');
    await reached(world, ofUsa, 'AUS', 'GBR', 'JPN');
    await reached(world, ofJpn, 'AUS', 'GBR', 'USA');
    const minority = await propose(world, 'AUS', {
      kind: 'decision',
      inputs: [{ event: ofJpn, mode: 'cites' }],
      label: ACTING,
      reason: 'use the aircraft of JPN',
    });
    await approve(world, 'AUS', minority);
    await world.until('JPN knows of the consent of AUS', async () => {
      const view = await settlementAt(world, 'JPN', minority);
      return view?.approvals.length === 1 && view.outcome?.event !== null;
    });

    world.isolate('JPN');
    const jpn = world.node('JPN');
    const alone = await say(world, 'JPN', 'radar contact north', ACTING);
    await jpn.act({ act: 'approve', settlement: minority });
    const majority = await propose(world, 'AUS', {
      kind: 'decision',
      inputs: [{ event: ofUsa, mode: 'cites' }],
      label: ACTING,
      reason: 'go on without JPN',
    });
    await approve(world, 'USA', majority);
    await approve(world, 'AUS', majority);
    await settled(world, majority, ...MAJORITY);
    await world.run(60_000);

    const height = jpn.service.operations()[0]?.height;
    expect(height).toBe(0);
    const explained = await jpn.service.explain(minority);
    expect(explained?.state).toMatch(/^awaiting quorum: 1 of 3 /);
    expect(explained?.awaiting).toEqual(['AUS', 'GBR', 'USA']);
    expect(await settlementAt(world, 'JPN', majority)).toBeUndefined();
    expect(await world.node('AUS').service.event(alone)).toBeUndefined();
    expect(world.node('AUS').service.operations()[0]?.connectedVoters).toEqual([
      'AUS',
      'GBR',
      'USA',
    ]);

    world.linkAll();
    await settled(world, majority, ...ALL);
    await settled(world, minority, ...ALL);
    await reached(world, alone, 'AUS', 'GBR', 'USA');
    const views = await Promise.all(ALL.map((code) => settlementAt(world, code, minority)));
    expect(
      new Set(views.map((view) => `${String(view?.height)} ${String(view?.block)}`)).size,
    ).toBe(1);
    await world.run(5000);
    expect(await behind(world)).toEqual([]);
    expect(await doubledPositions(world)).toEqual([]);
    expect(await auditFindings(world)).toEqual([]);
    for (const node of world.nodes) {
      expect(await settledRecords(node, majority)).toBe(1);
      expect(await settledRecords(node, minority)).toBe(1);
    }
    expect(world.carrier.faults).toEqual([]);
  });

  it('is silent when nothing is pending', async () => {
    const world = await founded(COALITION);
    await world.run(10_000);
    const before = [...world.carrier.delivered.values()].flat().length;
    await world.run(600_000);
    expect([...world.carrier.delivered.values()].flat().length).toBe(before);
  });
});

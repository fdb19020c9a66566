import { afterEach, describe, expect, it, vi } from 'vitest';
import { Publisher } from '../../../src/app/publish.js';
import { ReleaseGate } from '../../../src/app/release-gate.js';
import { OPEN_LABEL } from '../../../src/domain/codec/label.js';
import type { EventId } from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import type { AppWorld } from '../../support/app-world.js';
import { AppNation } from '../../support/app-world-nation.js';
import type { NodeOptions } from '../../support/app-world-node.js';
import {
  ACTING,
  COALITION,
  FVEY,
  founded,
  reached,
  say,
} from '../../support/app-world-operation.js';
import { identitySealer } from '../../support/app-world-sealer.js';

// Six nations in one process, on a machine that may be busy with other things.
vi.setConfig({ testTimeout: 120_000 });

const CANARY = 'canary-7d1f-only-five-eyes';
const JPN = nation('JPN');
const ENTITLED = ['AUS', 'CAN', 'NZL', 'USA'];

async function cue(world: AppWorld): Promise<EventId> {
  const id = await say(world, 'GBR', CANARY, FVEY, 'intelligence-product');
  await reached(world, id, ...ENTITLED);
  await world.run(5000);
  return id;
}

/** Where the canary was seen: on its way to JPN, at JPN, or in the store that holds PHL's feed. */
function leaks(world: AppWorld): readonly string[] {
  return [
    ...(world.delivered('JPN', CANARY) ? ['delivered'] : []),
    ...(world.stored('JPN', CANARY) ? ['stored'] : []),
    ...(world.stored('AUS', CANARY) ? ["beside PHL's feed"] : []),
  ];
}

const judge = ReleaseGate.prototype.decide;

/** A release gate that judges every label as if it were open, for a set that is everybody. */
function misset(): void {
  vi.spyOn(ReleaseGate.prototype, 'decide').mockImplementation(function (
    this: ReleaseGate,
    event,
    _label,
    party,
  ) {
    return judge.call(this, event, OPEN_LABEL, party);
  });
  vi.spyOn(Publisher.prototype, 'audience').mockReturnValue(
    Object.keys(COALITION).sort().map(nation),
  );
}

function unsealed(): Record<string, NodeOptions> {
  return Object.fromEntries(
    Object.keys(COALITION).map((code) => [
      code,
      { sealer: identitySealer(new AppNation(code).hpke) },
    ]),
  );
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('an event for the Five Eyes, with JPN in the operation', () => {
  it('opens at the four entitled and nothing of it reaches JPN', async () => {
    const world = await founded(COALITION);
    const id = await cue(world);
    for (const code of ENTITLED) {
      const view = await world.node(code).service.event(id);
      expect(view?.content).toMatchObject({ text: CANARY });
    }
    expect(await world.node('JPN').service.event(id)).toBeUndefined();
    const jpn = await world.node('JPN').service.status();
    const ofGbr = jpn.heads.find(({ nation }) => nation === 'GBR');
    const own = (await world.node('GBR').service.status()).log;
    expect(ofGbr).toMatchObject({ size: own.size, root: own.root });
    expect(ofGbr?.withheld).toBeGreaterThan(0);
    expect(leaks(world)).toEqual([]);
    const explained = await world.node('GBR').service.explain(id, JPN);
    expect(explained?.decisions[0]).toMatchObject({ nation: 'JPN', outcome: 'deny' });
    expect(world.carrier.faults).toEqual([]);
  });

  it('is seen by the same check when the sealer seals nothing, though the gate sends JPN nothing', async () => {
    const world = await founded(COALITION, unsealed());
    await cue(world);
    expect(world.delivered('AUS', CANARY)).toBe(true);
    expect(leaks(world)).toEqual(["beside PHL's feed"]);
  });

  it('is seen on its way to JPN by the same check when neither seal nor gate holds', async () => {
    const world = await founded(COALITION, unsealed());
    misset();
    await cue(world);
    expect(leaks(world)).toContain('delivered');
  });

  it('is seen in the stores of JPN by the same check when it was for JPN', async () => {
    const world = await founded(COALITION, unsealed());
    const id = await say(world, 'GBR', CANARY, ACTING, 'intelligence-product');
    await reached(world, id, 'JPN');
    expect(leaks(world)).toEqual(['delivered', 'stored', "beside PHL's feed"]);
  });
});

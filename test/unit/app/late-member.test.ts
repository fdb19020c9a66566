import { describe, expect, it } from 'vitest';
import type { DeclarationDigest } from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import { AppWorld } from '../../support/app-world.js';
import {
  approve,
  declarationOf,
  propose,
  reached,
  say,
  secretTo,
  settled,
} from '../../support/app-world-operation.js';

const FOUR = { AUS: 'lead', GBR: 'supporting', JPN: 'supporting', USA: 'supporting' } as const;
const CODES = Object.keys(FOUR);
const ACTING = secretTo(...CODES);

describe('a member that learns of the last acceptance later than others', () => {
  it('knows what was proposed meanwhile, and approves it', async () => {
    const world = new AppWorld(CODES);
    await world.found();
    const declared = await world
      .node('AUS')
      .act({ act: 'declare', declaration: declarationOf(world, FOUR), label: ACTING });
    await world.run(2000);
    const declaration = declared.declaration as DeclarationDigest;
    for (const code of ['AUS', 'GBR', 'JPN']) {
      await world.node(code).act({ act: 'accept', declaration });
    }
    const offer = await say(world, 'JPN', 'an aircraft', ACTING, 'contribution');
    await reached(world, offer, 'AUS', 'GBR', 'USA');
    world.carrier.cut(nation('JPN'), nation('USA'));
    await world.node('USA').act({ act: 'accept', declaration });
    await world.run(2000);
    const states = CODES.map((code) => world.node(code).service.operations()[0]?.state);
    expect(states).toEqual(['active', 'active', 'accepted', 'active']);

    const id = await propose(world, 'AUS', {
      kind: 'tasking',
      inputs: [{ event: offer, mode: 'consumes' }],
      label: ACTING,
      reason: 'shadow the vessel',
      asset: 'aircraft',
    });
    await world.run(2000);
    world.linkAll();
    await world.until('JPN takes part', () =>
      world
        .node('JPN')
        .service.operations()
        .some(({ state }) => state === 'active'),
    );
    await approve(world, 'JPN', id);
    await approve(world, 'AUS', id);
    await settled(world, id, ...CODES);
    expect(world.carrier.faults).toEqual([]);
  });
});

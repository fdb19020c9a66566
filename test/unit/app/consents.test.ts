import { describe, expect, it } from 'vitest';
import type { CoreId } from '../../../src/domain/ids.js';
import {
  approve,
  founded,
  propose,
  reached,
  say,
  secretTo,
  settled,
  settlementAt,
} from '../../support/app-world-operation.js';

const BOTH = secretTo('AUS', 'GBR');

async function proposed() {
  const world = await founded({ AUS: 'lead', GBR: 'supporting' });
  const offer = await say(world, 'GBR', 'HMS Test offers its radar', BOTH, 'contribution');
  await reached(world, offer, 'AUS');
  const inputs = [{ event: offer, mode: 'cites' as const }];
  const id = await propose(world, 'AUS', { kind: 'decision', inputs, label: BOTH, reason: 'go' });
  const refuse = (code: string, settlement: CoreId = id): Promise<unknown> =>
    world.node(code).act({ act: 'refuse', settlement, reason: 'no' });
  return { world, id, refuse };
}

describe('a consent', () => {
  it('is given once by a key, and neither given nor refused once it is settled', async () => {
    const { world, id, refuse } = await proposed();
    await approve(world, 'AUS', id);
    await expect(approve(world, 'AUS', id)).rejects.toThrow('EXISTS');
    await approve(world, 'GBR', id);
    await settled(world, id, 'AUS', 'GBR');
    await expect(refuse('AUS')).rejects.toThrow('ALREADY_SETTLED');
    await expect(approve(world, 'GBR', id)).rejects.toThrow('ALREADY_SETTLED');
  });

  it('that was refused is refused for good', async () => {
    const { world, id, refuse } = await proposed();
    await refuse('GBR');
    await expect(approve(world, 'GBR', id)).rejects.toThrow('ALREADY_REFUSED');
    await expect(refuse('GBR')).rejects.toThrow('ALREADY_REFUSED');
  });

  it('refused after approvals stays refused over a restart', async () => {
    const { world, id, refuse } = await proposed();
    await approve(world, 'AUS', id);
    await refuse('AUS');
    await approve(world, 'GBR', id);
    await world.settle();
    await world.restart('AUS');
    await world.run(10_000);
    for (const code of ['AUS', 'GBR']) {
      expect((await settlementAt(world, code, id))?.state).toBe('refused');
    }
  });
});

describe('an acceptance', () => {
  it('is signed once', async () => {
    const { world } = await proposed();
    const [operation] = world.node('AUS').service.operations();
    const declaration = operation?.declaration as never;
    await expect(world.node('AUS').act({ act: 'accept', declaration })).rejects.toThrow('EXISTS');
  });
});

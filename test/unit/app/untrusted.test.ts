import { describe, expect, it } from 'vitest';
import { nation } from '../../../src/domain/ids.js';
import { behind } from '../../support/app-world-checks.js';
import { founded, reached, say, secretTo } from '../../support/app-world-operation.js';

const ROLES = { AUS: 'lead', GBR: 'supporting', JPN: 'supporting' } as const;
const THREE = secretTo('AUS', 'GBR', 'JPN');

describe('a nation that trusts another no more', () => {
  it('takes nothing of it in, and does not ask for the same again and again', async () => {
    const world = await founded(ROLES);
    await reached(world, await say(world, 'GBR', 'while trusted', THREE), 'JPN');
    await world.run(3000);
    const jpn = world.node('JPN');
    await jpn.act({ act: 'untrust', nation: nation('GBR') });
    await world.run(3000);
    expect(jpn.service.peers().map(({ nation: code }) => code)).toEqual(['AUS']);
    const before = (await jpn.service.events({ nation: nation('GBR'), limit: 1000 })).length;
    const frames = world.carrier.delivered.get(nation('JPN'))?.length ?? 0;
    await reached(world, await say(world, 'GBR', 'afterwards', THREE), 'AUS');
    await world.run(10_000);
    const after = await jpn.service.events({ nation: nation('GBR'), limit: 1000 });
    expect(after).toHaveLength(before);
    expect((world.carrier.delivered.get(nation('JPN'))?.length ?? 0) - frames).toBeLessThan(20);
    expect(world.carrier.faults).toEqual([]);
    expect(world.carrier.connect(nation('GBR'), nation('JPN'))).toBe(false);
    expect(world.carrier.refusals.at(-1)?.refusal.code).toBe('UNTRUSTED_NATION');

    const gbr = world.node('GBR').of;
    await jpn.act({ act: 'trust', root: gbr.root.bytes, entry: gbr.trustInput() });
    world.linkAll();
    await world.run(5000);
    const texts = (await jpn.service.events({ type: 'labelled-message' })).map(
      ({ content }) => (content as { text?: string } | null)?.text,
    );
    expect(texts).toEqual(['while trusted', 'afterwards']);
    expect(await behind(world)).toEqual([]);
  });
});

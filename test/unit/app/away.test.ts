import { describe, expect, it, vi } from 'vitest';
import { nation } from '../../../src/domain/ids.js';
import { founded, say, secretTo } from '../../support/app-world-operation.js';

// Many lives of a node in one process, on a machine that may be busy with other things.
vi.setConfig({ testTimeout: 120_000 });

const ROLES = { AUS: 'lead', GBR: 'supporting', JPN: 'supporting' } as const;
const BOTH = secretTo('AUS', 'GBR');
const THREE = secretTo('AUS', 'GBR', 'JPN');

describe('a nation that was away', () => {
  it('receives the 300 of 500 events that are releasable to it, and the same log', async () => {
    const world = await founded(ROLES);
    // Keys of both audiences exist before, so that what follows is events alone.
    await say(world, 'GBR', 'before', BOTH);
    await say(world, 'GBR', 'before', THREE);
    await world.run(3000);
    const jpn = world.node('JPN');
    const before = (await jpn.service.status()).events;
    const withheld = (await jpn.service.status()).withheld;
    world.isolate('JPN');
    for (let i = 0; i < 500; i++) {
      await say(world, 'GBR', `event ${String(i)}`, i % 5 < 2 ? BOTH : THREE);
      if (i % 50 === 0) await world.run(500);
    }
    await world.run(3000);
    expect((await jpn.service.status()).events).toBe(before);

    const frames = world.carrier.delivered.get(nation('JPN'))?.length ?? 0;
    world.linkAll();
    await world.run(5000);

    const status = await jpn.service.status();
    expect(status.events - before).toBe(300);
    expect(status.withheld - withheld).toBe(200);
    const own = (await world.node('GBR').service.status()).log;
    const held = status.heads.find(({ nation }) => nation === 'GBR');
    expect([held?.size, held?.root]).toEqual([own.size, own.root]);
    const texts = (await jpn.service.events({ nation: nation('GBR'), limit: 1000 })).flatMap(
      ({ content }) => (content === null ? [] : [(content as { text?: string }).text ?? '']),
    );
    expect(texts.filter((text) => text.startsWith('event'))).toHaveLength(300);
    expect((await jpn.service.auditLog()).findings).toEqual([]);
    // Asked once for each chunk: a longer way means that answers were asked for twice.
    const used = (world.carrier.delivered.get(nation('JPN'))?.length ?? 0) - frames;
    expect(used).toBeLessThan(40);
    expect(world.carrier.faults).toEqual([]);
  });

  it('catches up over a link that is up before its node is', async () => {
    const world = await founded(ROLES);
    const jpn = world.node('JPN');
    jpn.crash();
    await say(world, 'GBR', 'while JPN was down', THREE);
    await world.run(3000);
    await jpn.start(() => {
      world.linkAll();
    });
    await world.run(3000);
    const views = await jpn.service.events({ type: 'labelled-message' });
    expect(views.map(({ content }) => content)).toMatchObject([{ text: 'while JPN was down' }]);
    for (const { service } of world.nodes) {
      expect(service.operations()[0]?.connectedVoters).toHaveLength(3);
    }
  });

  it('catches up when its node is restarted in the middle of that', async () => {
    const world = await founded(ROLES);
    world.isolate('JPN');
    for (let i = 0; i < 70; i++) await say(world, 'AUS', `event ${String(i)}`, THREE);
    await world.run(2000);
    world.linkAll();
    await world.settle();
    await world.restart('JPN');
    await world.run(5000);
    const own = (await world.node('AUS').service.status()).log;
    const held = (await world.node('JPN').service.status()).heads;
    expect(held.find(({ nation }) => nation === 'AUS')).toMatchObject(own);
  });
});

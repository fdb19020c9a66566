import { describe, expect, it, vi } from 'vitest';
import type { DeclarationDigest, EventId } from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import { auditFindings, behind } from '../../support/app-world-checks.js';
import { AppWorld } from '../../support/app-world.js';
import { declarationOf, openOperation, say, secretTo } from '../../support/app-world-operation.js';

// Many lives of a node in one process, on a machine that may be busy with other things.
vi.setConfig({ testTimeout: 120_000 });

const THREE = secretTo('AUS', 'GBR', 'JPN');
const ROLES = { AUS: 'lead', GBR: 'supporting', JPN: 'supporting' } as const;

/** JPN meets GBR, which speaks in an operation that AUS declared, before it meets AUS. */
async function early() {
  const world = new AppWorld(Object.keys(ROLES));
  await world.found();
  world.isolate('JPN');
  const declared = await world
    .node('AUS')
    .act({ act: 'declare', declaration: declarationOf(world, ROLES), label: THREE });
  await world.run(2000);
  const declaration = declared.declaration as DeclarationDigest;
  for (const code of ['AUS', 'GBR']) await world.node(code).act({ act: 'accept', declaration });
  await world.run(2000);
  const said: EventId[] = [];
  for (const text of ['one', 'two', 'three']) said.push(await say(world, 'GBR', text, THREE));
  await world.run(3000);
  world.carrier.connect(nation('GBR'), nation('JPN'));
  await world.run(3000);
  return { world, said, declaration };
}

async function texts(world: AppWorld): Promise<readonly unknown[]> {
  const views = await world.node('JPN').service.events({ type: 'labelled-message' });
  return views.map(({ content }) => (content as { text?: string } | null)?.text);
}

describe('events of an operation that is not known yet', () => {
  it.each([
    ['as they came', false],
    ['over a restart', true],
  ])('are held, and admitted when its declaration arrives, %s', async (_name, restart) => {
    const { world, said, declaration } = await early();
    const jpn = world.node('JPN');
    for (const id of said) expect(await jpn.service.event(id)).toBeUndefined();
    expect(jpn.state.count('held-event')).toBeGreaterThanOrEqual(said.length);
    if (restart) {
      jpn.crash();
      await jpn.start();
      await world.run(1000);
      expect(jpn.state.count('held-event')).toBeGreaterThanOrEqual(said.length);
    }
    world.linkAll();
    await world.run(5000);
    expect(await texts(world)).toEqual(['one', 'two', 'three']);
    expect(jpn.state.count('held-event')).toBe(0);
    for (const id of said) {
      const view = await jpn.service.event(id);
      expect([view?.anchored, typeof view?.leafIndex]).toEqual([true, 'number']);
    }
    await jpn.act({ act: 'accept', declaration });
    await world.until('active at JPN', () =>
      jpn.service.operations().some(({ state }) => state === 'active'),
    );
    await world.run(3000);
    expect(await behind(world)).toEqual([]);
    expect(await auditFindings(world)).toEqual([]);
    const ofGbr = (await jpn.service.auditLog()).nations.find(({ nation: of }) => of === 'GBR');
    expect(ofGbr).toMatchObject({ withheld: 0 });
    expect(world.carrier.faults).toEqual([]);
  });

  it('are admitted whatever write of their admission a crash hits', async () => {
    for (let k = 1, done = false; !done; k++) {
      const { world, said } = await early();
      const jpn = world.node('JPN');
      let writes = 0;
      jpn.crashAt({ when: 'before', store: 'any', at: () => ++writes === k });
      world.linkAll();
      await world.run(5000);
      done = jpn.running || k > 400;
      if (!jpn.running) await world.restart('JPN');
      await world.run(5000);
      expect([k, await texts(world)]).toEqual([k, ['one', 'two', 'three']]);
      for (const id of said) {
        expect([k, (await jpn.service.event(id))?.anchored]).toEqual([k, true]);
      }
      expect(await behind(world)).toEqual([]);
      k += 6;
    }
  });

  it('of two operations find each its own', async () => {
    const world = new AppWorld(Object.keys(ROLES));
    await world.found();
    await openOperation(world, ROLES);
    const [first] = world.node('GBR').service.operations();
    const declared = await world.node('AUS').act({
      act: 'declare',
      declaration: declarationOf(world, ROLES, 'A second operation'),
      label: THREE,
    });
    await world.run(3000);
    const refused = await world.node('GBR').service.emit({
      type: 'labelled-message',
      label: THREE,
      content: { kind: 'text', text: 'to which?' },
    });
    expect(refused).toMatchObject({ ok: false, error: { code: 'UNKNOWN_OP' } });
    expect(declared.opId?.startsWith(first?.op ?? '?')).toBe(false);
  });
});

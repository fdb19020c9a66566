import { describe, expect, it, vi } from 'vitest';
import { assembleEvent, decodeEvent } from '../../../src/domain/codec/event.js';
import type { CoreId } from '../../../src/domain/ids.js';
import type { SafetyBatch } from '../../../src/domain/consensus-store.js';
import type { LogBatch } from '../../../src/ports/event-log.js';
import type { AppWorld } from '../../support/app-world.js';
import {
  auditFindings,
  behind,
  doubledPositions,
  settledRecords,
} from '../../support/app-world-checks.js';
import { keyOf } from '../../support/identity-world.js';
import type { CrashPoint } from '../../support/app-world-life.js';
import {
  ACTING,
  approve,
  founded,
  propose,
  reached,
  say,
  secretTo,
  settled,
  settlementAt,
} from '../../support/app-world-operation.js';

// Many lives of a node in one process, on a machine that may be busy with other things.
vi.setConfig({ testTimeout: 120_000 });

const TWO = { AUS: 'lead', GBR: 'supporting' } as const;
const BOTH = secretTo('AUS', 'GBR');
const FOUR = { AUS: 'lead', GBR: 'supporting', JPN: 'supporting', USA: 'supporting' } as const;

const USA_NODE = keyOf('USA node').kid;

const batch = (args: readonly unknown[]): LogBatch => args[0] as LogBatch;

async function consistent(world: AppWorld): Promise<void> {
  await world.until('all logs are held everywhere', async () => (await behind(world)).length === 0);
  expect(await doubledPositions(world)).toEqual([]);
  expect(await auditFindings(world)).toEqual([]);
  expect(world.carrier.faults).toEqual([]);
}

async function proposed(world: AppWorld, label: string, reason: string): Promise<CoreId> {
  const offer = await say(world, 'GBR', `offer for ${reason}`, label, 'contribution');
  await reached(world, offer, 'AUS');
  const inputs = [{ event: offer, mode: 'cites' as const }];
  return propose(world, 'AUS', { kind: 'decision', inputs, label, reason });
}

describe('a node that crashes while it publishes', () => {
  const text = 'said just before the crash';
  const points: readonly (readonly [string, CrashPoint])[] = [
    [
      'after the draft, before the signature',
      { when: 'after', store: 'log', at: (...args) => batch(args).drafts !== undefined },
    ],
    [
      'before the event is stored',
      { when: 'before', store: 'log', at: (...args) => batch(args).events !== undefined },
    ],
    [
      'after the event, before its checkpoint',
      { when: 'before', store: 'log', at: (...args) => batch(args).checkpoints !== undefined },
    ],
    [
      'after the checkpoint, before anybody heard of it',
      { when: 'after', store: 'log', at: (...args) => batch(args).checkpoints !== undefined },
    ],
  ];

  it.each(points)('%s: the event is there once, and nothing else is lost', async (_name, point) => {
    const world = await founded(TWO);
    await say(world, 'GBR', 'before', BOTH);
    await world.run(3000);
    const gbr = world.node('GBR');
    gbr.crashAt(point);
    void say(world, 'GBR', text, BOTH);
    await world.until('GBR has crashed', () => !gbr.running);
    await world.restart('GBR');
    await say(world, 'GBR', 'after', BOTH);
    await world.run(5000);
    for (const node of world.nodes) {
      const views = await node.service.events({ type: 'labelled-message' });
      const texts = views.map(({ content }) => (content as { text: string }).text);
      expect(texts.sort()).toEqual(['after', 'before', text]);
    }
    await consistent(world);
  });
});

describe('a voter that crashes around a commit', () => {
  const ofType =
    (type: string) =>
    (...args: readonly unknown[]): boolean =>
      batch(args).events?.some(({ admitted }) => admitted.value.event.payload.type === type) ===
      true;
  const draftOf =
    (type: string) =>
    (...args: readonly unknown[]): boolean =>
      batch(args).drafts?.some(({ payload }) => {
        const event = decodeEvent(assembleEvent(USA_NODE, payload, new Uint8Array(64)));
        return event.ok && event.value.payload.type === type;
      }) === true;
  const points: readonly (readonly [string, CrashPoint])[] = [
    [
      'after the commit is stored, before the settled record',
      {
        when: 'after',
        store: 'safety',
        at: (_op, written) => (written as SafetyBatch).commits.length > 0,
      },
    ],
    [
      'after the draft of the settled record',
      { when: 'after', store: 'log', at: draftOf('settled-record') },
    ],
    [
      'after the settled record is stored',
      { when: 'after', store: 'log', at: ofType('settled-record') },
    ],
  ];

  it.each(points)('%s: it is settled, and recorded once', async (_name, point) => {
    const world = await founded(FOUR);
    const id = await proposed(world, ACTING, 'board');
    const usa = world.node('USA');
    await world.run(3000);
    usa.crashAt(point);
    await approve(world, 'GBR', id);
    await approve(world, 'AUS', id);
    await world.until('USA has crashed', () => !usa.running);
    await settled(world, id, 'AUS', 'GBR', 'JPN');
    await world.restart('USA');
    await settled(world, id, 'USA');
    await world.run(3000);
    for (const node of world.nodes) expect(await settledRecords(node, id)).toBe(1);
    await consistent(world);
    await world.restart('USA');
    await world.run(3000);
    expect(await settledRecords(usa, id)).toBe(1);
  });
});

describe('a voter that crashes at any write of a settlement', () => {
  it('comes back each time: nothing lost, nothing twice', async () => {
    const world = await founded(TWO);
    const gbr = world.node('GBR');
    const ids: CoreId[] = [];
    let crashes = 0;
    for (let k = 1, done = false; !done; k++) {
      const id = await proposed(world, BOTH, `step ${String(k)}`);
      ids.push(id);
      await world.run(2000);
      let writes = 0;
      const at = (): boolean => ++writes === k;
      gbr.crashAt({ when: 'before', store: 'any', at });
      void gbr.act({ act: 'approve', settlement: id }).catch(() => undefined);
      await world.settle();
      await approve(world, 'AUS', id);
      await world.until('GBR crashed, or both settled', async () => {
        if (!gbr.running) return true;
        const views = [await settlementAt(world, 'AUS', id), await settlementAt(world, 'GBR', id)];
        return views.every((view) => view?.state === 'settled');
      });
      await world.run(3000);
      if (gbr.running) {
        done = true;
        continue;
      }
      crashes++;
      await world.restart('GBR');
      await world.run(3000);
      const view = await settlementAt(world, 'GBR', id);
      if (view?.approvals.every(({ nation }) => nation !== 'GBR') === true) {
        await approve(world, 'GBR', id);
      }
      await settled(world, id, 'AUS', 'GBR');
    }
    await world.run(5000);
    expect(crashes).toBeGreaterThan(10);
    for (const id of ids) {
      for (const node of world.nodes) expect(await settledRecords(node, id)).toBe(1);
    }
    await consistent(world);
  });
});

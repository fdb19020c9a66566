import { describe, expect, it } from 'vitest';
import type { EventId } from '../../../src/domain/ids.js';
import { founded, reached, say, secretTo } from '../../support/app-world-operation.js';

const BOTH = secretTo('AUS', 'GBR');
const ROLES = { AUS: 'lead', GBR: 'supporting', JPN: 'supporting' } as const;

function derived(id: EventId, label: string) {
  const content = { kind: 'text' as const, text: 'derived' };
  const parents = [{ id, relation: 'derived-from' as const }];
  return { type: 'labelled-message' as const, label, content, parents };
}

describe('a derived event', () => {
  it('goes to nobody to whom the sources were not released', async () => {
    const world = await founded(ROLES);
    const source = await say(world, 'AUS', 'for two', BOTH);
    await reached(world, source, 'GBR');
    const wider = ['OPEN', secretTo('AUS', 'GBR', 'JPN'), 'MISSION RESTRICTED REL TO AUS, GBR'];
    for (const code of ['AUS', 'GBR']) {
      for (const label of wider) {
        const emitted = world.node(code).emit(derived(source, label));
        await expect(emitted).rejects.toThrow('LABEL_NOT_DOMINATED');
      }
      const made = await world.node(code).emit(derived(source, BOTH));
      expect(made.parents).toMatchObject([{ id: source, nation: 'AUS' }]);
    }
  });

  it("is lowered by the originator's authority alone, and keeps its parents", async () => {
    const world = await founded(ROLES);
    const source = await say(world, 'AUS', 'for two', BOTH);
    await reached(world, source, 'GBR');
    const event = derived(source, secretTo('AUS', 'GBR', 'JPN'));
    const lowered = await world.node('AUS').act({ act: 'emit', event });
    const view = await world.node('AUS').service.event(lowered.events[0] as EventId);
    expect(view?.parents).toMatchObject([{ id: source }]);
    const foreign = await world.node('GBR').refused({ act: 'emit', event });
    expect(foreign.code).toBe('LABEL_NOT_DOMINATED');
  });

  it('of an open source is bound by nobody', async () => {
    const world = await founded(ROLES);
    const source = await say(world, 'AUS', 'for all', 'OPEN');
    expect((await world.node('AUS').emit(derived(source, BOTH))).label).toBe(BOTH);
    expect((await world.node('AUS').emit(derived(source, 'OPEN'))).label).toBe('OPEN');
  });
});

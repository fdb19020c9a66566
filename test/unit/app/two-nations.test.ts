import { describe, expect, it } from 'vitest';
import { createVerifier } from '../../../src/adapters/keys/index.js';
import { verifyBundle } from '../../../src/core/settlement/index.js';
import type { Kid, Nation } from '../../../src/domain/ids.js';
import { AppNation } from '../../support/app-world-nation.js';
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

describe('two nations', () => {
  it('agree on one settlement, whose proof holds under their roots and under no others', async () => {
    const world = await founded({ AUS: 'lead', GBR: 'supporting' });
    const offer = await say(world, 'GBR', 'HMS Test offers its radar', BOTH, 'contribution');
    await reached(world, offer, 'AUS');
    const id = await propose(world, 'AUS', {
      kind: 'decision',
      inputs: [{ event: offer, mode: 'cites' }],
      label: BOTH,
      reason: 'use the radar',
    });
    await approve(world, 'GBR', id);
    await approve(world, 'AUS', id);
    await settled(world, id, 'AUS', 'GBR');

    const [aus, gbr] = [await settlementAt(world, 'AUS', id), await settlementAt(world, 'GBR', id)];
    expect(aus?.entryId).toBe(gbr?.entryId);
    expect([aus?.height, aus?.block]).toEqual([gbr?.height, gbr?.block]);
    expect(aus?.approvals.map(({ nation }) => nation).sort()).toEqual(['AUS', 'GBR']);

    const { verify, isSaneKey } = createVerifier();
    const roots = new Map<Nation, Kid>(world.nodes.map(({ of }) => [of.nation, of.root.kid]));
    const strange = new Map(roots).set(new AppNation('GBR').nation, new AppNation('FRA').root.kid);
    for (const node of world.nodes) {
      const bundle = await node.service.settlementBundle(id);
      const bytes = bundle ?? new Uint8Array();
      expect(verifyBundle(bytes, roots, verify, isSaneKey)).toMatchObject({
        result: 'verified',
        coreId: id,
        kind: 'decision',
      });
      expect(verifyBundle(bytes, strange, verify, isSaneKey).result).toBe('tampered');
    }
    expect(world.carrier.faults).toEqual([]);
  });
});

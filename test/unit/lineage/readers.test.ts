import { describe, expect, it } from 'vitest';
import { buildLineage } from '../../../src/core/lineage/index.js';
import type { LineageEvent, LineageSources } from '../../../src/core/lineage/index.js';
import { blindOf } from '../../../src/domain/codec/release-keys.js';
import { decisionSlot, encodeExtension } from '../../../src/domain/codec/entry-extension.js';
import { coreIdOf } from '../../../src/domain/codec/entry.js';
import { hashHex } from '../../../src/domain/codec/hash.js';
import type { Parent } from '../../../src/domain/event.js';
import type { Blind, Digest, EventId, LabelDigest, Nation } from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import type { Lineage } from '../../../src/domain/lineage.js';
import type { SettlementCore } from '../../../src/domain/settlement.js';
import type { TestEvent } from '../settlement/events.js';
import { eventOf } from '../settlement/events.js';
import type { TestNation } from '../settlement/nations.js';
import { bytesOf } from '../settlement/nations.js';
import { AUS, GBR, OP_ID, USA, hand } from '../settlement/operation.js';

/** The settlement of the reference scenario: a cue E1, a contribution E2, a consent E3, a decision E4. */

const [s1, s2, s4] = [bytesOf('s1'), bytesOf('s2'), bytesOf('s4')];
const original = new TextEncoder().encode('!AIVDM,1,1,,A,1,0*00');
const phl = eventOf(AUS, {
  type: 'attested-for',
  partner: nation('PHL'),
  channel: 'VHF',
  authority: 'coast guard',
  originalHash: hashHex(original) as Digest,
  original,
});
const track = eventOf(USA, { type: 'track', source: 'cot', object: 'P-8', reports: [] });
const e1 = eventOf(GBR, { type: 'intelligence-product', text: 'cue', contentType: 'text/plain' });
const e2 = eventOf(
  USA,
  { type: 'contribution', text: 'track on offer', slotSalt: bytesOf('slot') },
  [clear(USA, track)],
);
const e3 = eventOf(GBR, {
  type: 'originator-consent',
  source: e1.id,
  sourceLabel: '22'.repeat(32) as LabelDigest,
  requester: AUS.nation,
  maxLabel: Uint8Array.of(1),
  recipients: [nation('JPN')],
  purpose: 'interdiction',
  notAfterMs: null,
  nonce: new Uint8Array(16),
});
const [b1, b2] = [blindOf(s1, e1.id), blindOf(s2, e2.id)];
const run = new Uint8Array(16);
const e4 = eventOf(
  AUS,
  {
    type: 'decision-record',
    pathway: null,
    run,
    step: 'decide',
    reason: 'cue and track agree',
    outcomeSalt: s4,
    openings: [{ blind: b2, event: e2.id, salt: s2 }],
  },
  [blinded(b1, GBR), blinded(b2, USA)],
);
const b4 = blindOf(s4, e4.id);
const e5 = eventOf(AUS, { type: 'opening', openings: [{ blind: b1, event: e1.id, salt: s1 }] });

function clear(of: TestNation, { id }: TestEvent): Parent {
  const label = '22'.repeat(32) as LabelDigest;
  return { form: 'clear', id, relation: 'derived-from', role: of.role, nation: of.nation, label };
}

function blinded(blind: Blind, of: TestNation): Parent {
  return { form: 'blinded', blind, relation: 'derived-from', nation: of.nation };
}

const core: SettlementCore = {
  kind: 'decision',
  opId: OP_ID,
  inputs: [
    { originator: GBR.nation, mode: 'cites', blind: b1 },
    { originator: USA.nation, mode: 'cites', blind: b2 },
  ],
  authorities: [AUS, GBR, USA].map((of) => ({ nation: of.nation, kid: hand(of).key.kid })),
  outcome: { originator: AUS.nation, blind: b4 },
  expiresAtHeight: 100,
  extension: encodeExtension({
    kind: 'decision',
    slot: decisionSlot(null, run, 'decide'),
    levels: [],
  }),
};
const id = coreIdOf(core);
const approvals: readonly Nation[] = [AUS.nation, GBR.nation, USA.nation];
const consent = eventOf(GBR, {
  type: 'approval',
  coreId: id,
  opened: 3,
  signature: new Uint8Array(64),
});

function sources(
  events: readonly TestEvent[],
  blinds: readonly (readonly [Blind, EventId])[],
  more: Partial<LineageEvent> = {},
): LineageSources {
  return {
    events: new Map(
      events.map(({ admitted: { event }, content }) => [
        event.id,
        { event, opened: true, content, ...more },
      ]),
    ),
    settlements: [{ id, core, height: 4, approvals }],
    blinds: new Map(blinds),
  };
}

const everything = sources(
  [track, e1, e2, e3, e4, e5, consent],
  [
    [b1, e1.id],
    [b2, e2.id],
    [b4, e4.id],
  ],
);
/** JPN: E4 and E2 with its track are released to it; E1, E3 and E5 are stubs. */
const japan = sources(
  [track, e2, e4, consent],
  [
    [b2, e2.id],
    [b4, e4.id],
  ],
);
/** CAN and NZL: E1 with its opening is released to them, E2 and E4 are not. */
const canada = sources([e1, e5, consent], [[b1, e1.id]]);

function built(root: string, from: LineageSources): Lineage {
  const lineage = buildLineage(root, from);
  if (lineage === undefined) throw new Error('the root is held');
  return lineage;
}

function seen(lineage: Lineage): {
  readonly events: readonly string[];
  readonly withheld: readonly string[];
} {
  const events = lineage.nodes.flatMap((node) =>
    node.kind === 'event' ? [node.id as string] : [],
  );
  const withheld = lineage.nodes.flatMap((node) =>
    node.kind === 'withheld' ? [`${node.part} by ${String(node.by)}`] : [],
  );
  return { events: events.sort(), withheld: withheld.sort() };
}

function ids(...events: readonly TestEvent[]): readonly string[] {
  return events.map((one) => one.id as string).sort();
}

describe('lineage of one settlement for three kinds of reader', () => {
  it('shows those it was released to E4 from E1 and E2, the consent and the approvals', () => {
    const lineage = built(id, everything);
    expect(seen(lineage)).toEqual({ events: ids(track, e1, e2, e3, e4, consent), withheld: [] });
    expect(lineage.edges).toEqual(
      expect.arrayContaining([
        { from: e1.id, to: id, relation: 'input' },
        { from: e2.id, to: id, relation: 'input' },
        { from: id, to: e4.id, relation: 'outcome' },
        { from: e1.id, to: e4.id, relation: 'derived-from' },
        { from: e2.id, to: e4.id, relation: 'derived-from' },
        { from: track.id, to: e2.id, relation: 'derived-from' },
        { from: e3.id, to: e1.id, relation: 'releases' },
        { from: consent.id, to: id, relation: 'approval' },
      ]),
    );
    expect(lineage.edges).toHaveLength(8);
  });

  it('shows JPN E4 from E2 and one input withheld by GBR', () => {
    const lineage = built(id, japan);
    expect(seen(lineage)).toEqual({
      events: ids(track, e2, e4, consent),
      withheld: ['input by GBR'],
    });
    const inputs = lineage.edges
      .filter(({ relation }) => relation === 'input')
      .map(({ from }) => from);
    expect(inputs).toEqual([b1, e2.id]);
    expect(JSON.stringify(lineage)).not.toContain(e1.id);
  });

  it('shows CAN and NZL the settlement and E1, the outcome withheld by AUS, one input by USA', () => {
    const lineage = built(id, canada);
    expect(seen(lineage)).toEqual({
      events: ids(e1, consent),
      withheld: ['input by USA', 'outcome by AUS'],
    });
    const text = JSON.stringify(lineage);
    for (const hidden of [e2, e3, e4]) expect(text).not.toContain(hidden.id);
  });

  it('shows every reader the settlement with its approvals by nation', () => {
    for (const from of [everything, japan, canada]) {
      expect(built(id, from).nodes).toContainEqual({
        kind: 'settlement',
        id,
        settlement: 'decision',
        height: 4,
        approvals: ['AUS', 'GBR', 'USA'],
      });
    }
  });

  it('starts as well from an event: back to its sources, and to the settlement that used it', () => {
    expect(seen(built(e4.id, japan)).events).toEqual(ids(track, e2, e4, consent));
    expect(built(e1.id, canada).edges).toContainEqual({ from: e1.id, to: id, relation: 'input' });
    expect(seen(built(track.id, everything)).events).toEqual(ids(track));
    expect(buildLineage(e1.id, japan)).toBeUndefined();
  });
});

describe('a parent named in the clear', () => {
  it('shows as withheld by its nation where the reader does not hold it', () => {
    const lineage = built(e2.id, sources([e2], []));
    expect(seen(lineage)).toEqual({ events: ids(e2), withheld: ['input by USA'] });
  });
});

describe('grades', () => {
  const derived = eventOf(
    AUS,
    { type: 'assessment', text: 'a coast guard saw it', contentType: 'text/plain' },
    [clear(AUS, phl)],
  );

  it('are the lowest on the chain and never raised by what is built upon it', () => {
    const from = sources([phl, derived], []);
    const lineage = built(derived.id, from);
    expect(lineage.grade).toBe('C');
    expect(lineage.nodes.map((node) => node.kind === 'event' && node.grade)).toEqual(['A', 'C']);
    expect(built(id, everything).grade).toBe('A');
  });

  it('rise to B with the signature of the partner itself', () => {
    expect(built(derived.id, sources([phl, derived], [], { partnerSigned: true })).grade).toBe('B');
  });

  it('show an event that could not be opened without its content', () => {
    const { event } = e1.admitted;
    const from = { ...sources([], []), events: new Map([[event.id, { event, opened: false }]]) };
    expect(built(event.id, from).nodes[0]).toMatchObject({
      opened: false,
      summary: 'intelligence-product',
      nation: 'GBR',
    });
  });
});

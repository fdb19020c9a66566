import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../../../src/base/bytes.js';
import { encodeCbor } from '../../../src/domain/codec/dcbor.js';
import { hashHex } from '../../../src/domain/codec/hash.js';
import { OPEN_LABEL, digestLabel } from '../../../src/domain/codec/label.js';
import type { Credential } from '../../../src/domain/credential.js';
import type { Body, EventPayload } from '../../../src/domain/event.js';
import type { EventType } from '../../../src/domain/event-types.js';
import type {
  ConfigDigest,
  Digest,
  EventId,
  LabelDigest,
  Op,
  ReleaseKeyId,
} from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import { AppNation } from '../../support/app-world-nation.js';
import type { AppWorld } from '../../support/app-world.js';
import { COALITION, founded, reached, say, secretTo } from '../../support/app-world-operation.js';
import { AT_S, payloadOf, recordOf } from '../../support/identity-world.js';

const AUS = nation('AUS');
const GBR = nation('GBR');
const BOX = encodeCbor('no real box');
const BOTH = secretTo('AUS', 'GBR');

const gbr = new AppNation('GBR');
const can = new AppNation('CAN');
const KINDS = ['platform', 'unit', 'person'] as const;
const short = gbr.credential('platform', { expires: AT_S + 3600 }, 'platform');

let world: AppWorld;
let label: { readonly digest: LabelDigest; readonly bytes: Uint8Array };
let operation: Pick<EventPayload, 'op' | 'epoch'>;

function sealed(): Body {
  return {
    form: 'sealed',
    commitment: hashHex('commitment') as Digest,
    boxHash: hashHex(BOX) as Digest,
    contentType: 'text/plain',
    bucket: 256,
    releaseKey: hashHex('no key') as ReleaseKeyId,
  };
}

/** An event of GBR's node, as good as any, but for what is changed. */
function eventOf(by: Credential, over: Partial<EventPayload> = {}): EventPayload {
  return payloadOf(by, {
    ...operation,
    seq: 4000,
    prev: hashHex('before') as EventId,
    time: { ms: world.time.nowMs(), uncertaintyMs: 50, source: 'gnss' },
    label: { digest: label.digest },
    type: 'labelled-message',
    body: sealed(),
    ...over,
  });
}

interface Offered {
  readonly record: Uint8Array;
  readonly box?: Uint8Array | undefined;
  readonly label?: Uint8Array;
}

/** Hands a record to AUS as GBR would: ahead of its range, or by gossip. Answers what AUS said. */
async function offer({ record, box = BOX, label: bytes = label.bytes }: Offered) {
  const aus = world.node('AUS');
  const before = (await aus.service.status()).events;
  aus.lines.length = 0;
  world.carrier.inject(GBR, AUS, { type: 'label', bytes });
  world.carrier.inject(GBR, AUS, { type: 'early', record, box });
  await world.settle();
  const codes = aus.lines.flatMap(({ message, fields }) =>
    message === 'event refused' ? [`${String(fields['code'])} ${String(fields['field'])}`] : [],
  );
  expect((await aus.service.status()).events).toBe(before);
  expect(aus.state.count('held-event')).toBe(0);
  return codes;
}

function verdict(record: Uint8Array, box = BOX, bytes = label.bytes) {
  return world.carrier.whisper(GBR, AUS, topic, encodeCbor([record, box, bytes]));
}

let topic = '';

beforeAll(async () => {
  const credentials = KINDS.map((kind) => (kind === 'platform' ? short : gbr.credential(kind)));
  world = await founded(COALITION, { GBR: { credentials } });
  for (const { bytes } of credentials) {
    await world.node('GBR').act({ act: 'publish-credential', credential: bytes });
  }
  const id = await say(world, 'GBR', 'a true one', BOTH);
  await reached(world, id, 'AUS');
  await world.run(3000);
  const stored = await world.node('AUS').log.event(id);
  const digest = stored?.event.payload.label.digest ?? ('' as LabelDigest);
  label = { digest, bytes: (await world.node('AUS').log.label(digest)) ?? new Uint8Array() };
  const [view] = world.node('AUS').service.operations();
  operation = {
    op: view?.op as Op,
    epoch: { number: view?.epoch ?? 0, config: view?.configDigest as ConfigDigest },
  };
  topic =
    world
      .node('AUS')
      .service.topics()
      .find(({ releaseSet }) => releaseSet.length === 2)?.topic ?? '';
});

describe('the door of a node', () => {
  it('takes the event that the others here are made of', async () => {
    const record = recordOf(eventOf(gbr.node.credential), 'GBR node');
    expect(await verdict(record)).toBe('accept');
    expect(await verdict(record)).toBe('accept');
    expect(await world.node('AUS').log.streamAt(gbr.node.credential.subject, 4000)).toBeDefined();
  });

  it('refuses what another nation signed', async () => {
    const named = eventOf(gbr.node.credential, { nation: nation('USA'), seq: 4001 });
    expect(await offer({ record: recordOf(named, 'GBR node') })).toEqual(['OUT_OF_GRANT nation']);
    const signed = eventOf(gbr.node.credential, { seq: 4002 });
    expect(await offer({ record: recordOf(signed, 'USA node') })).toEqual([
      'BAD_SIGNATURE signature',
    ]);
    expect(await verdict(recordOf(signed, 'USA node'))).toBe('reject');
  });

  it('refuses an altered record, wherever it is altered', async () => {
    const record = recordOf(eventOf(gbr.node.credential, { seq: 4003 }), 'GBR node');
    for (let at = 0; at < record.length; at += 7) {
      const altered = Uint8Array.from(record, (byte, i) => (i === at ? byte ^ 0x01 : byte));
      const codes = await offer({ record: altered });
      // An altered credential or operation is one that AUS does not know: it waits for none here.
      expect(codes.length, `byte ${String(at)}`).toBeLessThanOrEqual(1);
      expect(await verdict(altered), `byte ${String(at)}`).not.toBe('accept');
    }
  });

  it('refuses a truncated record and one that goes on', async () => {
    const record = recordOf(eventOf(gbr.node.credential, { seq: 4004 }), 'GBR node');
    for (let length = 0; length < record.length; length += 13) {
      const [code = ''] = await offer({ record: record.subarray(0, length) });
      expect(code.split(' ')[0]).toMatch(/^(MALFORMED|NOT_CANONICAL|HEADER|SCHEMA)$/);
    }
    const longer = concatBytes(record, Uint8Array.of(0));
    expect((await offer({ record: longer }))[0]).toMatch(/^(MALFORMED|NOT_CANONICAL)/);
  });

  it('refuses an event after the expiry of its credential', async () => {
    const time = { ms: (AT_S + 3601) * 1000, uncertaintyMs: 50, source: 'gnss' } as const;
    const expired = eventOf(short, { time });
    expect(await offer({ record: recordOf(expired, 'GBR platform') })).toEqual(['EXPIRED time']);
  });

  it('refuses a label that it does not know, and one that does not fit the body', async () => {
    const unknown = { ...eventOf(gbr.node.credential, { seq: 4005 }) };
    const strange = digestLabel({
      kind: 'originator',
      policy: { name: 'STRANGE', uri: null },
      classification: 'SECRET',
      categories: [],
      created: '2025-11-24T00:00:00Z',
    });
    const digest = strange.digest;
    const foreign = recordOf({ ...unknown, label: { digest } }, 'GBR node');
    expect(await offer({ record: foreign, label: strange.bytes })).toEqual(['POLICY label']);
    expect(await verdict(foreign, BOX, strange.bytes)).toBe('ignore');
    const inline: Body = { form: 'inline', bytes: utf8('in clear'), contentType: 'text/plain' };
    const clear = recordOf({ ...unknown, body: inline }, 'GBR node');
    expect(await offer({ record: clear })).toEqual(['LABEL_INVALID label']);
    const open = { ...unknown, label: { digest: OPEN_LABEL.digest } };
    expect(await offer({ record: recordOf(open, 'GBR node') })).toEqual(['LABEL_INVALID label']);
  });

  it('refuses acts outside the role', async () => {
    const observer = eventOf(can.node.credential, { role: 'observing', seq: 4000 });
    expect(await offer({ record: recordOf(observer, 'CAN node') })).toEqual(['OUT_OF_ROLE type']);
    const claimed = eventOf(can.node.credential, { role: 'supporting', seq: 4000 });
    expect(await offer({ record: recordOf(claimed, 'CAN node') })).toEqual(['OUT_OF_ROLE role']);
    const tasking = eventOf(gbr.authority, { type: 'tasking', seq: 4000 });
    expect(await offer({ record: recordOf(tasking, 'GBR authority') })).toEqual([
      'OUT_OF_ROLE type',
    ]);
  });

  const human: readonly EventType[] = ['approval', 'tasking', 'release-grant'];
  it.each([...KINDS, 'node'] as const)(
    'refuses what only an authority signs of a %s',
    async (kind) => {
      const by =
        kind === 'node' ? gbr.node.credential : kind === 'platform' ? short : gbr.credential(kind);
      for (const type of human) {
        const record = recordOf(eventOf(by, { type, seq: 4100 }), `GBR ${kind}`);
        expect(await offer({ record })).toEqual(['OUT_OF_GRANT type']);
      }
    },
  );

  it('refuses a sealed event without its box, or with another one', async () => {
    const record = recordOf(eventOf(gbr.node.credential, { seq: 4006 }), 'GBR node');
    const aus = world.node('AUS');
    aus.lines.length = 0;
    world.carrier.inject(GBR, AUS, { type: 'early', record });
    await world.settle();
    expect(aus.lines.map(({ fields }) => fields['code'])).toEqual(['BAD_SEAL']);
    expect(await offer({ record, box: encodeCbor('another box') })).toEqual(['BAD_SEAL box']);
    expect(await verdict(record)).toBe('accept');
  });

  it('refuses a second event for one position, whatever carries it', async () => {
    const one = eventOf(gbr.node.credential, { seq: 4020 });
    expect(await verdict(recordOf(one, 'GBR node'))).toBe('accept');
    const other = recordOf({ ...one, precedence: 'flash' }, 'GBR node');
    expect(await verdict(other)).toBe('reject');
    expect(await offer({ record: other })).toEqual(['EQUIVOCATION seq']);
  });
});

describe('gossip', () => {
  it.each([
    ['no CBOR', Uint8Array.of(0xff, 0x00)],
    ['another shape', encodeCbor(['record', 'box', 'label'])],
    ['too few parts', encodeCbor([Uint8Array.of(1), Uint8Array.of(2)])],
    ['no record', encodeCbor([Uint8Array.of(1), Uint8Array.of(2), OPEN_LABEL.bytes])],
    ['no label', encodeCbor([Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)])],
    ['nothing', new Uint8Array()],
  ])('of %s is rejected', async (_name, data) => {
    expect(await world.carrier.whisper(GBR, AUS, topic, data)).toBe('reject');
  });

  it('of an event with the label of another is ignored, and not lost', async () => {
    const record = recordOf(eventOf(gbr.node.credential, { seq: 4008 }), 'GBR node');
    const strange = {
      ...eventOf(gbr.node.credential, { seq: 4009 }),
      label: { digest: hashHex('x') as LabelDigest },
    };
    expect(await verdict(recordOf(strange, 'GBR node'))).toBe('ignore');
    expect(await verdict(record)).toBe('accept');
  });

  it('again is accepted, and stored once', async () => {
    const record = recordOf(eventOf(gbr.node.credential, { seq: 4010 }), 'GBR node');
    const verdicts = await Promise.all([verdict(record), verdict(record), verdict(record)]);
    expect(verdicts).toEqual(['accept', 'accept', 'accept']);
    const views = await world.node('AUS').service.events({ nation: GBR, limit: 10_000 });
    expect(
      views.filter(({ seq, type }) => seq === 4010 && type === 'labelled-message'),
    ).toHaveLength(1);
  });
});

import { createCipheriv } from 'node:crypto';
import { concatBytes, fromHex, toHex, u32be, utf8 } from '../../src/base/bytes.js';
import { createSigner, keyPairOf } from '../../src/adapters/keys/index.js';
import { cborMap, encodeCbor } from '../../src/domain/codec/dcbor.js';
import { assembleEvent, encodePayload, eventId, eventTbs } from '../../src/domain/codec/event.js';
import { hashHex } from '../../src/domain/codec/hash.js';
import {
  authorKey,
  blindOf,
  commitmentOf,
  contentKey,
  eventBind,
  grantBind,
  grantBodyKey,
  prekeyId,
  releaseKeyId,
  releaseSetDigest,
  topicOf,
} from '../../src/domain/codec/release-keys.js';
import type { EventPayload } from '../../src/domain/event.js';
import type { Digest, EventId, LabelDigest, Nation, Op } from '../../src/domain/ids.js';
import { idFromHex, nation } from '../../src/domain/ids.js';
import { TAGS } from '../../src/domain/tags.js';
import { ED25519_VECTORS } from './ed25519.js';

/** Key of RFC 8032 section 7.1, test 1. */
const SEED = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
const pair = keyPairOf('ed25519', fromHex(SEED));
const signer = createSigner(pair);

const filled = (byte: string, size = 32): Uint8Array => fromHex(byte.repeat(size));
const id = <T extends Digest | EventId>(byte: string): T => byte.repeat(32) as T;

const OP = idFromHex<Op>('000102030405060708090a0b0c0d0e0f', 16);
const GBR = nation('GBR');
const NATIONS: readonly Nation[] = [nation('AUS'), GBR, nation('USA')];
const SALT = filled('22');
const IV = filled('33', 12);
const BUCKET = 256;
const PLAINTEXT = utf8('TRACK 1234');
const RELEASE_KEY = filled('11');

const LABEL = encodeCbor(
  cborMap(
    [0, 1],
    [1, 0],
    [2, ['MISSION', null]],
    [3, 'SECRET'],
    [5, [[0, 'Release', null, ['AUS', 'GBR', 'USA']]]],
    [7, '2026-01-01T00:00:00Z'],
  ),
);
const LABEL_DIGEST = hashHex(TAGS.label, LABEL) as LabelDigest;

function releaseKeys() {
  const releaseSet = releaseSetDigest(NATIONS);
  const scope = { op: OP, originator: GBR, releaseSet, keyEpoch: 3 };
  const rkId = releaseKeyId(scope, RELEASE_KEY);
  const ak = authorKey(RELEASE_KEY, rkId, signer.kid);
  const place = { op: OP, author: signer.kid, seq: 7, label: LABEL_DIGEST };
  return { scope, rkId, ak, cek: contentKey(ak, 7), place, bind: eventBind(place) };
}

/** The box of the sealed event, with a fixed iv: a node's own boxes never have one. */
function fixedBox(cek: Uint8Array, bind: Uint8Array): Uint8Array {
  const inner = encodeCbor(cborMap([0, SALT], [1, PLAINTEXT]));
  const padding = new Uint8Array(BUCKET - 4 - inner.length);
  const cipher = createCipheriv('aes-256-gcm', cek, IV).setAAD(bind);
  const padded = concatBytes(u32be(inner.length), inner, padding);
  const ct = concatBytes(cipher.update(padded), cipher.final(), cipher.getAuthTag());
  return encodeCbor(cborMap([0, 1], [1, IV], [2, ct]));
}

function inlinePayload(): EventPayload {
  return {
    op: OP,
    nation: GBR,
    author: signer.kid,
    seq: 0,
    prev: null,
    time: { ms: 1_764_000_000_000, uncertaintyMs: 50, source: 'gnss' },
    type: 'intelligence-product',
    role: 'supporting',
    label: { digest: LABEL_DIGEST },
    body: { form: 'inline', bytes: utf8('hello'), contentType: 'text/plain' },
    parents: [],
    credential: '55'.repeat(32) as EventPayload['credential'],
    epoch: { number: 1, config: '66'.repeat(32) as EventPayload['epoch']['config'] },
    precedence: 'routine',
  };
}

function sealedPayload(box: Uint8Array): EventPayload {
  return {
    ...inlinePayload(),
    seq: 7,
    prev: id<EventId>('44'),
    body: {
      form: 'sealed',
      commitment: commitmentOf(SALT, PLAINTEXT),
      boxHash: hashHex(box) as Digest,
      contentType: 'application/x-track',
      bucket: BUCKET,
      releaseKey: releaseKeys().rkId,
    },
    parents: [
      {
        form: 'clear',
        id: id<EventId>('77'),
        relation: 'supports',
        role: 'supporting',
        nation: nation('USA'),
        label: '78'.repeat(32) as LabelDigest,
      },
    ],
  };
}

async function eventVector(name: string, payload: EventPayload) {
  const bytes = encodePayload(payload);
  const signature = await signer.sign(eventTbs(signer.kid, bytes));
  const record = assembleEvent(signer.kid, bytes, signature);
  return {
    name,
    id: eventId(bytes),
    size: record.length,
    payload: toHex(bytes),
    record: toHex(record),
  };
}

async function events() {
  const { cek, bind } = releaseKeys();
  const box = fixedBox(cek, bind);
  return {
    key: { seed: SEED, public: toHex(pair.publicKey), kid: signer.kid },
    events: [
      await eventVector('inline', inlinePayload()),
      { ...(await eventVector('sealed', sealedPayload(box))), box: toHex(box) },
    ],
  };
}

function release() {
  const { scope, rkId, ak, cek, place, bind } = releaseKeys();
  const box = fixedBox(cek, bind);
  const sealedId = eventId(encodePayload(sealedPayload(box)));
  const target = rkId as string as Digest;
  return {
    inputs: {
      op: OP,
      nation: GBR,
      releaseSet: NATIONS,
      keyEpoch: scope.keyEpoch,
      releaseKey: toHex(RELEASE_KEY),
      seq: place.seq,
      salt: toHex(SALT),
      plaintext: toHex(PLAINTEXT),
      iv: toHex(IV),
      bucket: BUCKET,
    },
    rsd: scope.releaseSet,
    rkId,
    ak: toHex(ak),
    cek: toHex(cek),
    label: toHex(LABEL),
    labelDigest: LABEL_DIGEST,
    bind: toHex(bind),
    commit: commitmentOf(SALT, PLAINTEXT),
    gbind: toHex(grantBind({ ...place, seq: 8 }, 0, target)),
    grantBodyKey: toHex(grantBodyKey(RELEASE_KEY, target, signer.kid, 8)),
    topic: topicOf(scope, RELEASE_KEY),
    prekeyId: prekeyId(0x0020, filled('04')),
    blind: blindOf(SALT, sealedId),
    boxHash: hashHex(box),
    boxSize: box.length,
  };
}

/** Every frozen vector file of the formats here, by name: a change of one byte is a new version. */
export async function vectorFiles(): Promise<ReadonlyMap<string, string>> {
  const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return new Map([
    ['events.json', text(await events())],
    ['release.json', text(release())],
    ['ed25519.json', text(ED25519_VECTORS)],
  ]);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeBundle, verifyBundle } from '../../../src/core/settlement/index.js';
import type { BundleVerdict } from '../../../src/core/settlement/index.js';
import { blockPreimage, genesisPreimage } from '../../../src/domain/codec/consensus-preimage.js';
import { bftHash, payloadRoot } from '../../../src/domain/codec/consensus-hash.js';
import { blockId } from '../../../src/domain/codec/consensus-parts.js';
import { assembleEntry } from '../../../src/domain/codec/entry.js';
import { opIdOf } from '../../../src/domain/codec/genesis.js';
import { decodeBundle, encodeBundle } from '../../../src/domain/codec/settlement-bundle.js';
import type { SettlementBundle } from '../../../src/domain/codec/settlement-bundle.js';
import type { Certificate, Header } from '../../../src/domain/consensus.js';
import type { BlockId, EntryId, Kid, Nation } from '../../../src/domain/ids.js';
import { verifyInclusion } from '../../../src/core/log/index.js';
import { entryLeaf, inclusionPath } from '../../../src/core/settlement/payload-path.js';
import { fromHex } from '../../../src/base/bytes.js';
import type { TestNation } from './nations.js';
import { isSaneKey, testNation, verify } from './nations.js';
import {
  ALL,
  AUS,
  DECLARATION_BYTES,
  DIGEST,
  EPOCH,
  GBR,
  GENESIS,
  JPN,
  NZL,
  OP_ID,
  USA,
  decisionParts,
  signed,
} from './operation.js';

const roots = new Map<Nation, Kid>(ALL.map(({ nation, root }) => [nation, root.kid]));
const everything = ALL.flatMap(({ credentials }) => Object.values(credentials));
const held = {
  byDigest: (digest: string) => everything.find((one) => one.digest === digest),
  byKid: (kid: string) => everything.find((one) => one.kid === kid),
};
const acceptances = ALL.map(({ nation, authority }) => ({
  declaration: DIGEST,
  opId: OP_ID,
  nation,
  kid: authority.kid,
  signature: authority.sign(genesisPreimage(OP_ID)),
}));

const entry = signed(decisionParts());
const others = ['b', 'c', 'd', 'e'].map((name) => signed(decisionParts(name)).entryId);
const entryIds: readonly EntryId[] = [...others.slice(0, 2), entry.entryId, ...others.slice(2)];

function header(height: number, parent: BlockId, change: Partial<Header> = {}): Header {
  return {
    kind: 'normal',
    opId: OP_ID,
    epoch: 1,
    valSetHash: EPOCH.valSetHash,
    view: height + 3,
    height,
    justifyView: height + 2,
    parent,
    tcView: 0,
    tcHighView: 0,
    author: 0,
    payloadRoot: payloadRoot(entryIds),
    entryCount: entryIds.length,
    ...change,
  };
}

const first = header(1, EPOCH.anchor.digest);
const second = header(2, blockId(first), {
  kind: 'seal',
  payloadRoot: payloadRoot([]),
  entryCount: 0,
});
const SIGNERS = [AUS, GBR, JPN];

function commit(block: Header, by: readonly TestNation[] = SIGNERS): Certificate {
  const message = blockPreimage(EPOCH, 'commit', block.view, blockId(block));
  return {
    kind: 'commit',
    epoch: 1,
    view: block.view,
    block: blockId(block),
    signers: by.map(({ nation }) => EPOCH.members.findIndex((one) => one.nation === nation)),
    signatures: by.map(({ replica }) => replica.sign(message)),
  };
}

const headers = [first, second];
const certificate = commit(second);
const parts = {
  declaration: DECLARATION_BYTES,
  acceptances,
  entry: entry.bytes,
  entryIds,
  headers,
  certificate,
};
const BYTES = makeBundle(parts, held);

function check(bytes: Uint8Array, chosen: ReadonlyMap<Nation, Kid> = roots): BundleVerdict {
  return verifyBundle(bytes, chosen, verify, isSaneKey);
}

const read = decodeBundle(BYTES);
if (!read.ok) throw new Error(`${read.error.field} ${read.error.rule}`);
const BUNDLE: SettlementBundle = read.value;

function changed(change: Partial<SettlementBundle>): BundleVerdict {
  return check(encodeBundle({ ...BUNDLE, ...change }));
}

function without(...gone: readonly { readonly bytes: Uint8Array }[]): BundleVerdict {
  const drop = gone.map(({ bytes }) => bytes.join());
  return changed({ credentials: BUNDLE.credentials.filter((one) => !drop.includes(one.join())) });
}

describe('a settlement bundle', () => {
  it('verifies under the roots of all participants', () => {
    expect(check(BYTES)).toEqual({
      result: 'verified',
      coreId: entry.coreId,
      kind: 'decision',
      opId: OP_ID,
      approvals: ['AUS', 'GBR', 'USA'],
      signers: ['AUS', 'GBR', 'JPN'],
      height: 1,
      view: 5,
    });
    expect(opIdOf(GENESIS)).toBe(OP_ID);
  });

  it('cannot be verified without a root, and names the nation', () => {
    const less = new Map([...roots].filter(([nation]) => nation !== NZL.nation));
    expect(check(BYTES, less)).toMatchObject({ result: 'cannot-verify', missing: 'root of NZL' });
    expect(check(BYTES, new Map())).toMatchObject({
      result: 'cannot-verify',
      missing: `root of ${ALL.map(({ nation }) => nation).join(', ')}`,
    });
  });

  it('is tampered with when a chosen root differs from that of the file', () => {
    const other = new Map([...roots, [JPN.nation, USA.root.kid] as const]);
    expect(check(BYTES, other)).toMatchObject({ result: 'tampered', step: 'root' });
  });

  it('never verifies as another settlement, whichever byte is changed', () => {
    fc.assert(
      fc.property(fc.nat(BYTES.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const bytes = BYTES.slice();
        bytes[at] = (bytes[at] ?? 0) ^ bits;
        expect(check(bytes).result).not.toBe('verified');
      }),
      { numRuns: 200 },
    );
    for (let at = 0; at < BYTES.length; at += 97) {
      const verdict = check(BYTES.slice(0, at));
      expect(verdict.result).toBe('tampered');
    }
  });

  it.each<[string, Partial<SettlementBundle>]>([
    ['consent', { entry: assembleEntry(entry.entry.core, entry.entry.approvals.slice(1)).bytes }],
    ['inclusion', { entry: signed(decisionParts('foreign')).bytes }],
    ['inclusion', { index: 3 }],
    ['inclusion', { path: BUNDLE.path.slice(1) }],
    ['headers', { headers: [first] }],
    ['headers', { headers: [first, { ...second, parent: EPOCH.anchor.digest }] }],
    ['headers', { headers: [{ ...first, epoch: 2 }, second] }],
    ['quorum', { certificate: { ...certificate, kind: 'vote' } }],
    ['quorum', { certificate: commit(second, [AUS, GBR]) }],
    [
      'quorum',
      { certificate: { ...certificate, signatures: [...certificate.signatures].reverse() } },
    ],
    [
      'acceptance',
      { acceptances: acceptances.map((one) => ({ ...one, signature: new Uint8Array(64) })) },
    ],
  ])('is tampered with at %s', (step, change) => {
    expect(changed(change)).toMatchObject({ result: 'tampered', step });
  });

  it('cannot be verified without an acceptance, a credential or an issuer', () => {
    expect(changed({ acceptances: acceptances.slice(1) })).toMatchObject({
      result: 'cannot-verify',
      missing: 'acceptance of AUS',
    });
    expect(without(GBR.credentials.authority)).toMatchObject({
      result: 'cannot-verify',
      missing: `credential of authority ${GBR.authority.kid} of GBR`,
    });
    expect(without(JPN.credentials.replica)).toMatchObject({
      result: 'cannot-verify',
      missing: 'replica credential of JPN',
    });
    expect(without(USA.credentials.root)).toMatchObject({
      result: 'cannot-verify',
      missing: 'issuers of USA/authority/test',
    });
  });

  it('refuses an authority that a root of another nation certified', () => {
    const rogue = testNation('QQQ', 'lead');
    const forged = { ...entry.entry.approvals[0]!, kid: rogue.authority.kid };
    const core = {
      ...entry.entry.core,
      authorities: entry.entry.core.authorities.map((one, i) =>
        i === 0 ? { ...one, kid: forged.kid } : one,
      ),
    };
    const bytes = assembleEntry(core, [forged, ...entry.entry.approvals.slice(1)]).bytes;
    const more = [
      ...BUNDLE.credentials,
      rogue.credentials.authority.bytes,
      rogue.credentials.root.bytes,
    ];
    expect(changed({ entry: bytes, credentials: more }).result).toBe('tampered');
  });
});

describe('inclusion paths', () => {
  it('lead from every entry to the payload root of consensus', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (size, pick) => {
        const ids = Array.from(
          { length: size },
          (_, i) => bftHash('entry', Uint8Array.of(i)) as EntryId,
        );
        const index = pick % size;
        const claim = {
          index,
          size,
          leaf: entryLeaf(ids[index]!),
          root: fromHex(payloadRoot(ids)),
        };
        expect(verifyInclusion(claim, inclusionPath(ids, index))).toBe(true);
      }),
    );
  });
});

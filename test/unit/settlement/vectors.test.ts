import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/base/bytes.js';
import { initialState, validate } from '../../../src/core/settlement/index.js';
import { approvalPreimage } from '../../../src/domain/codec/consensus-preimage.js';
import {
  declarationDigestOf,
  decodeDeclaration,
  genesisOf,
} from '../../../src/domain/codec/declaration.js';
import { decodeCore, encodeCore, identifyEntry } from '../../../src/domain/codec/entry.js';
import { decisionSlot } from '../../../src/domain/codec/entry-extension.js';
import { encodeGenesis, genesisEpoch, opIdOf } from '../../../src/domain/codec/genesis.js';
import { hashHex } from '../../../src/domain/codec/hash.js';
import vectors from '../../vectors/settlement.json' with { type: 'json' };
import { verify } from './nations.js';

/** Published bytes: whoever reads and hashes them alike can settle with this node. */
describe('settlement vectors', () => {
  const declaration = decodeDeclaration(fromHex(vectors.declaration));
  if (!declaration.ok) throw new Error(declaration.error.rule);
  const genesis = genesisOf(declaration.value);

  it('the declaration fixes genesis, operation id and first configuration', () => {
    expect(declarationDigestOf(fromHex(vectors.declaration))).toBe(vectors.declarationDigest);
    expect(toHex(encodeGenesis(genesis))).toBe(vectors.genesis);
    expect(opIdOf(genesis)).toBe(vectors.opId);
    expect(genesisEpoch(genesis).valSetHash).toBe(vectors.valSetHash);
    expect(initialState(declaration.value, opIdOf(genesis)).configDigest).toBe(
      vectors.configDigest,
    );
  });

  it('core and entry have the published ids, by the codec and by hashing the bytes', () => {
    const core = decodeCore(fromHex(vectors.core));
    expect(core.ok && toHex(encodeCore(core.value))).toBe(vectors.core);
    const entry = identifyEntry(fromHex(vectors.entry));
    expect(entry.ok && [entry.value.coreId, entry.value.entryId]).toEqual([
      vectors.coreId,
      vectors.entryId,
    ]);
    expect(hashHex('entente:bft:1', fromHex('0014'), fromHex(vectors.core))).toBe(vectors.coreId);
    expect(hashHex('entente:bft:1', fromHex('0015'), fromHex(vectors.entry))).toBe(vectors.entryId);
    const { run, step, value } = vectors.slot;
    expect(decisionSlot(null, fromHex(run), step)).toBe(value);
  });

  it('the entry is valid on the first state; an approval signs the published preimage', () => {
    const entry = identifyEntry(fromHex(vectors.entry));
    if (!entry.ok) throw new Error(entry.error.rule);
    const opId = opIdOf(genesis);
    expect(validate(initialState(declaration.value, opId), entry.value, 1, verify)).toBe(true);
    const head = ['entente:bft:1'].map((tag) => toHex(new TextEncoder().encode(tag))).join('');
    expect(toHex(approvalPreimage(opId, entry.value.coreId, 3))).toBe(
      `${head}0004${opId}${'00'.repeat(8 + 32 + 8)}${entry.value.coreId}00000003`,
    );
  });
});

import { createHash } from 'node:crypto';
import { toHex } from '../../src/base/bytes.js';
import type { SettledState } from '../../src/core/settlement/index.js';
import { initialState } from '../../src/core/settlement/index.js';
import { approvalPreimage } from '../../src/domain/codec/consensus-preimage.js';
import {
  decodeDeclaration,
  encodeDeclaration,
  genesisOf,
} from '../../src/domain/codec/declaration.js';
import { decisionSlot, encodeExtension } from '../../src/domain/codec/entry-extension.js';
import { assembleEntry, coreIdOf } from '../../src/domain/codec/entry.js';
import { genesisEpoch, opIdOf } from '../../src/domain/codec/genesis.js';
import type { EpochState } from '../../src/domain/consensus.js';
import type { Blind, DeclarationDigest, OpId } from '../../src/domain/ids.js';
import type { OperationDeclaration } from '../../src/domain/operation.js';
import type { SettlementCore } from '../../src/domain/settlement.js';
import type { BenchNation } from './nations.js';

/** An operation that all nations vote in; the first one leads. */
export interface BenchOperation {
  readonly opId: OpId;
  readonly epoch: EpochState;
  readonly state: SettledState;
  /** The declaration's canonical bytes. */
  readonly document: Uint8Array;
}

function bytesOf(text: string, length = 32): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest()).subarray(0, length);
}

/** The same tag gives the same operation in every process. */
export function benchOperation(nations: readonly BenchNation[], tag: string): BenchOperation {
  const written: OperationDeclaration = {
    title: 'Bench',
    purposeLabel: Uint8Array.of(1),
    participants: nations.map(({ code, root, authority, replica }, i) => ({
      nation: code,
      role: i === 0 ? 'lead' : 'supporting',
      roots: [root.key.kid],
      authorities: [
        {
          kid: authority.key.kid,
          publicKey: authority.key.publicKey,
          credential: authority.credential.digest,
          domains: authority.credential.domains,
        },
      ],
      replica: { consensusKey: replica.key.publicKey, credential: replica.credential.digest },
    })),
    quorumProfile: 'bft',
    authorityMap: new Map([['decision', [{ of: { part: 'lead' }, domain: 'operations' }]]]),
    rulesVersion: 1,
    pinned: ['cd'.repeat(32) as DeclarationDigest],
    nonce: bytesOf(`nonce ${tag}`, 16),
  };
  const document = encodeDeclaration(written);
  const decoded = decodeDeclaration(document);
  if (!decoded.ok) throw new Error(`declaration: ${decoded.error.field} ${decoded.error.rule}`);
  const genesis = genesisOf(decoded.value);
  const opId = opIdOf(genesis);
  return { opId, epoch: genesisEpoch(genesis), state: initialState(decoded.value, opId), document };
}

/** A decision of the lead on an input of its own: complete, with the one approval it needs. */
export function decisionOf(lead: BenchNation, opId: OpId, name: string): Uint8Array {
  const blind = (what: string): Blind => toHex(bytesOf(`${what} ${name}`)) as Blind;
  const { code: originator, authority } = lead;
  const core: SettlementCore = {
    kind: 'decision',
    opId,
    inputs: [{ originator, mode: 'cites', blind: blind('input') }],
    authorities: [{ nation: originator, kid: authority.key.kid }],
    outcome: { originator, blind: blind('outcome') },
    expiresAtHeight: 1_000_000_000,
    extension: encodeExtension({
      kind: 'decision',
      slot: decisionSlot(null, bytesOf('run', 16), name),
      levels: [],
    }),
  };
  const signature = authority.key.sign(approvalPreimage(opId, coreIdOf(core), 0));
  const approval = { nation: originator, kid: authority.key.kid, opened: 0, signature };
  return assembleEntry(core, [approval]).bytes;
}

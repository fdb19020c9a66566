import {
  declarationDigest,
  decodeDeclaration,
  encodeDeclaration,
  genesisOf,
} from '../../../src/domain/codec/declaration.js';
import { assembleEntry, coreIdOf } from '../../../src/domain/codec/entry.js';
import type { Extension } from '../../../src/domain/codec/entry-extension.js';
import { decisionSlot, encodeExtension } from '../../../src/domain/codec/entry-extension.js';
import { approvalPreimage } from '../../../src/domain/codec/consensus-preimage.js';
import { genesisEpoch, opIdOf } from '../../../src/domain/codec/genesis.js';
import type { Blind, DeclarationDigest, Digest } from '../../../src/domain/ids.js';
import { toHex } from '../../../src/base/bytes.js';
import type { OperationDeclaration } from '../../../src/domain/operation.js';
import type {
  Approval,
  EntryInput,
  IdentifiedEntry,
  SettlementCore,
} from '../../../src/domain/settlement.js';
import type { Key, TestNation } from './nations.js';
import { bytesOf, testNation } from './nations.js';

/** The operation of the reference scenario: AUS leads, GBR, JPN and USA support, CAN and NZL observe. */

export const AUS = testNation('AUS', 'lead');
export const GBR = testNation('GBR', 'supporting');
export const JPN = testNation('JPN', 'supporting');
export const USA = testNation('USA', 'supporting');
export const CAN = testNation('CAN', 'observing');
export const NZL = testNation('NZL', 'observing');
export const ALL: readonly TestNation[] = [AUS, CAN, GBR, JPN, NZL, USA];

const written: OperationDeclaration = {
  title: 'Maritime interdiction',
  purposeLabel: Uint8Array.of(1),
  participants: ALL.map(({ participant }) => participant),
  quorumProfile: 'bft',
  authorityMap: new Map([
    ['decision', [{ of: { part: 'lead' }, domain: 'operations' }]],
    ['tasking', [{ of: { part: 'lead' }, domain: 'weapons-release' }]],
    ['release', [{ of: { part: 'outcome-originator' }, domain: 'intelligence-release' }]],
    ['handoff', [{ of: { part: 'outcome-originator' }, domain: 'operations' }]],
    ['role', [{ of: { part: 'lead' }, domain: 'operations' }]],
    ['membership', [{ of: { part: 'lead' }, domain: 'operations' }]],
    ['adoption', [{ of: { nation: AUS.nation }, domain: 'operations' }]],
    ['sanction', [{ of: { part: 'lead' }, domain: 'operations' }]],
    ['credential', [{ of: { part: 'subject' }, domain: 'operations' }]],
    ['closure', [{ of: { part: 'lead' }, domain: 'operations' }]],
  ]),
  rulesVersion: 1,
  pinned: ['cd'.repeat(32) as DeclarationDigest],
  nonce: new Uint8Array(16).fill(7),
};

export const DECLARATION_BYTES = encodeDeclaration(written);
const decoded = decodeDeclaration(DECLARATION_BYTES);
if (!decoded.ok) throw new Error(`${decoded.error.field} ${decoded.error.rule}`);
export const DECLARATION = decoded.value;
export const DIGEST = declarationDigest(DECLARATION);
export const GENESIS = genesisOf(DECLARATION);
export const OP_ID = opIdOf(GENESIS);
export const EPOCH = genesisEpoch(GENESIS);

function blind(name: string): Blind {
  return toHex(bytesOf(name)) as Blind;
}

export function cites(from: TestNation, name: string): EntryInput {
  return { originator: from.nation, mode: 'cites', blind: blind(name) };
}

export function consumes(from: TestNation, name: string): EntryInput {
  return { originator: from.nation, mode: 'consumes', blind: blind(name) };
}

/** The nation whose key of that name this is; the approval is made with exactly it. */
export interface Hand {
  readonly of: TestNation;
  readonly key: Key;
}

export function hand(of: TestNation, key: Key = of.authority): Hand {
  return { of, key };
}

export function approve(core: SettlementCore, { of, key }: Hand, opened = 0): Approval {
  const message = approvalPreimage(core.opId, coreIdOf(core), opened);
  return { nation: of.nation, kid: key.kid, opened, signature: key.sign(message) };
}

export interface CoreParts {
  readonly extension: Extension;
  readonly hands: readonly Hand[];
  readonly inputs?: readonly EntryInput[];
  readonly outcome?: { readonly of: TestNation; readonly name: string };
  readonly expiresAtHeight?: number;
}

export function coreOf(parts: CoreParts): SettlementCore {
  const { extension, hands, inputs = [], outcome, expiresAtHeight = 100 } = parts;
  return {
    kind: extension.kind,
    opId: OP_ID,
    inputs,
    authorities: hands.map(({ of, key }) => ({ nation: of.nation, kid: key.kid })),
    outcome:
      outcome === undefined ? null : { originator: outcome.of.nation, blind: blind(outcome.name) },
    expiresAtHeight,
    extension: encodeExtension(extension),
  };
}

/** An entry in which every named hand has approved. */
export function signed(parts: CoreParts): IdentifiedEntry {
  const core = coreOf(parts);
  return assembleEntry(
    core,
    parts.hands.map((one) => approve(core, one)),
  );
}

function slot(step: string): Digest {
  return decisionSlot(null, new Uint8Array(16).fill(1), step);
}

/** AUS decides on a cue of GBR and a contribution of USA. */
export function decisionParts(name = 'first'): CoreParts {
  return {
    extension: { kind: 'decision', slot: slot(name), levels: [{ input: 0, level: 2 }] },
    inputs: [cites(GBR, `${name} cue`), cites(USA, `${name} track`)],
    outcome: { of: AUS, name: `${name} decision` },
    hands: [hand(AUS), hand(GBR), hand(USA)],
  };
}

/** AUS tasks an aircraft that JPN offered. */
export function taskingParts(name = 'first'): CoreParts {
  return {
    extension: { kind: 'tasking', levels: [] },
    inputs: [cites(AUS, `${name} decision again`), consumes(JPN, `${name} aircraft`)],
    outcome: { of: AUS, name: `${name} tasking` },
    hands: [hand(AUS), hand(JPN)],
  };
}

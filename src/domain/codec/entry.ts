import { assert } from '../../base/assert.js';
import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { Blind, CoreId, EntryId, Kid, OpId } from '../ids.js';
import { idBytes, idFromBytes } from '../ids.js';
import { LIMITS } from '../limits.js';
import { SETTLEMENT_KINDS } from '../settlement.js';
import type {
  Approval,
  Entry,
  EntryInput,
  IdentifiedEntry,
  SettlementCore,
} from '../settlement.js';
import { bftHash } from './consensus-hash.js';
import type { Cbor } from './dcbor.js';
import { cborMap, encodeCbor } from './dcbor.js';
import { decodeExtension } from './entry-extension.js';
import { nationFrom } from './event-body.js';
import { kindFrom } from './participant.js';
import {
  SchemaError,
  asArray,
  asBytes,
  asMap,
  asNamed,
  asTuple,
  asUint,
  onlyKeys,
} from './reader.js';
import type { FormRefusal } from './strict.js';
import { decodeDocument } from './strict.js';

/** Settlement entries: what is settled (the core) and the national consents to exactly that. */

const MODES = ['cites', 'consumes'] as const;
/** One per nation at most, with room for several offices of a nation. */
const AUTHORITIES_MAX = 64;
const OPENED_MAX = 0xffffffff;

function coreToCbor(core: SettlementCore): Cbor {
  const { outcome } = core;
  return cborMap(
    [0, SETTLEMENT_KINDS[core.kind]],
    [1, idBytes(core.opId)],
    [2, core.inputs.map((i) => [i.originator, MODES.indexOf(i.mode), idBytes(i.blind)])],
    [3, core.authorities.map(({ nation, kid }) => [nation, idBytes(kid)])],
    [4, outcome === null ? null : [outcome.originator, idBytes(outcome.blind)]],
    [5, core.expiresAtHeight],
    [6, core.extension],
  );
}

export function encodeCore(core: SettlementCore): Uint8Array {
  return encodeCbor(coreToCbor(core));
}

/** H(0x14, core): the settlement id. Every approval signs it. */
export function coreIdOf(core: SettlementCore): CoreId {
  return bftHash('core', encodeCore(core)) as CoreId;
}

function inputFrom(value: Cbor): EntryInput {
  const [originator, mode, blind] = asTuple(value, 'core.inputs', 3);
  return {
    originator: nationFrom(originator, 'core.inputs.originator'),
    mode: asNamed(mode, 'core.inputs.mode', MODES),
    blind: idFromBytes<Blind>(asBytes(blind, 'core.inputs.blind', 32)),
  };
}

function authorityFrom(value: Cbor): SettlementCore['authorities'][number] {
  const [nation, kid] = asTuple(value, 'core.authorities', 2);
  return {
    nation: nationFrom(nation, 'core.authorities.nation'),
    kid: idFromBytes<Kid>(asBytes(kid, 'core.authorities.kid', 32)),
  };
}

function outcomeFrom(value: Cbor | undefined): SettlementCore['outcome'] {
  if (value === null) return null;
  const [originator, blind] = asTuple(value, 'core.outcome', 2);
  return {
    originator: nationFrom(originator, 'core.outcome.originator'),
    blind: idFromBytes<Blind>(asBytes(blind, 'core.outcome.blind', 32)),
  };
}

function coreFrom(value: Cbor | undefined): SettlementCore {
  const map = asMap(value, 'core');
  onlyKeys(map, 'core', [0, 1, 2, 3, 4, 5, 6]);
  const kind = kindFrom(map.get(0), 'core.kind');
  const extension = asBytes(map.get(6), 'core.extension');
  const form = decodeExtension(kind, extension);
  if (!form.ok) throw new SchemaError(form.error.field, form.error.rule);
  return {
    kind,
    opId: idFromBytes<OpId>(asBytes(map.get(1), 'core.opId', 32)),
    inputs: asArray(map.get(2), 'core.inputs', LIMITS.entryInputsMax).map(inputFrom),
    authorities: asArray(map.get(3), 'core.authorities', AUTHORITIES_MAX).map(authorityFrom),
    outcome: outcomeFrom(map.get(4)),
    expiresAtHeight: asUint(map.get(5), 'core.expiresAtHeight'),
    extension,
  };
}

/** Strict decode of a core alone, as it is proposed before anybody has approved. */
export function decodeCore(bytes: Uint8Array): Result<SettlementCore, FormRefusal> {
  return decodeDocument(bytes, { name: 'core', from: coreFrom, encode: encodeCore });
}

export function encodeEntry({ core, approvals }: Entry): Uint8Array {
  return encodeCbor([
    coreToCbor(core),
    approvals.map(({ nation, kid, opened, signature }) => [
      nation,
      idBytes(kid),
      opened,
      signature,
    ]),
  ]);
}

function approvalFrom(value: Cbor): Approval {
  const [nation, kid, opened, signature] = asTuple(value, 'approvals', 4);
  return {
    nation: nationFrom(nation, 'approvals.nation'),
    kid: idFromBytes<Kid>(asBytes(kid, 'approvals.kid', 32)),
    opened: asUint(opened, 'approvals.opened', OPENED_MAX),
    signature: asBytes(signature, 'approvals.signature', 64),
  };
}

function entryFrom(value: Cbor): Entry {
  const [core, approvals] = asTuple(value, 'entry', 2);
  return {
    core: coreFrom(core),
    approvals: asArray(approvals, 'approvals', AUTHORITIES_MAX).map(approvalFrom),
  };
}

/** H(0x15, entry bytes). */
function entryIdOf(bytes: Uint8Array): EntryId {
  return bftHash('entry', bytes) as EntryId;
}

/** Strict decode of a whole entry with its ids. Form only: nothing is verified. */
export function identifyEntry(bytes: Uint8Array): Result<IdentifiedEntry, FormRefusal> {
  if (bytes.length > LIMITS.entryBytesMax) {
    const rule = `is at most ${String(LIMITS.entryBytesMax)} bytes`;
    return err({ field: 'entry', rule });
  }
  const decoded = decodeDocument(bytes, { name: 'entry', from: entryFrom, encode: encodeEntry });
  if (!decoded.ok) return decoded;
  const entry = decoded.value;
  return ok({ entry, coreId: coreIdOf(entry.core), entryId: entryIdOf(bytes), bytes });
}

/** An own, well-formed entry with its ids. */
export function assembleEntry(
  core: SettlementCore,
  approvals: readonly Approval[],
): IdentifiedEntry {
  const identified = identifyEntry(encodeEntry({ core, approvals }));
  assert(identified.ok, 'an assembled entry is well-formed');
  return identified.value;
}

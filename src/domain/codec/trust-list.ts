import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { CredentialKind, TrustEntry } from '../credential.js';
import { CREDENTIAL_KINDS } from '../credential.js';
import type { Kid } from '../ids.js';
import { idBytes, idFromBytes } from '../ids.js';
import { clearanceFrom, clearanceToCbor, sortedTextsFrom } from './clearance.js';
import type { Cbor } from './dcbor.js';
import { cborMap, decodeCbor, encodeCbor } from './dcbor.js';
import { nationFrom } from './event-body.js';
import { SchemaError, asArray, asBytes, asMap, asNamed, asUint, onlyKeys } from './reader.js';

const ENTRIES_MAX = 256;

function entryToCbor(entry: TrustEntry): Cbor {
  return cborMap(
    [0, entry.nation],
    [1, entry.roots.map(idBytes)],
    [2, entry.coi],
    [3, entry.kinds.map((kind) => CREDENTIAL_KINDS.indexOf(kind))],
    [4, clearanceToCbor(entry.clearance)],
    [5, entry.notBefore],
    [6, entry.expires],
  );
}

/** Body of a trust list event (0x21): whom the signing nation trusts for what. */
export function encodeTrustList(entries: readonly TrustEntry[]): Uint8Array {
  return encodeCbor(cborMap([0, 1], [1, entries.map(entryToCbor)]));
}

function entryFrom(value: Cbor): TrustEntry {
  const map = asMap(value, 'entry');
  onlyKeys(map, 'entry', [0, 1, 2, 3, 4, 5, 6]);
  return {
    nation: nationFrom(map.get(0), 'entry.nation'),
    roots: asArray(map.get(1), 'entry.roots', 16).map((kid) =>
      idFromBytes<Kid>(asBytes(kid, 'entry.roots', 32)),
    ),
    coi: sortedTextsFrom(map.get(2), 'entry.coi'),
    kinds: asArray(map.get(3), 'entry.kinds', CREDENTIAL_KINDS.length).map((kind) =>
      asNamed<CredentialKind>(kind, 'entry.kinds', CREDENTIAL_KINDS),
    ),
    clearance: clearanceFrom(map.get(4), 'entry.clearance'),
    notBefore: asUint(map.get(5), 'entry.notBefore'),
    expires: asUint(map.get(6), 'entry.expires'),
  };
}

export function decodeTrustList(
  bytes: Uint8Array,
): Result<readonly TrustEntry[], { readonly field: string; readonly rule: string }> {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return err({ field: 'trustList', rule: 'is canonical CBOR' });
  try {
    const map = asMap(decoded.value, 'trustList');
    onlyKeys(map, 'trustList', [0, 1]);
    if (map.get(0) !== 1) throw new SchemaError('trustList.version', 'is 1');
    const entries = asArray(map.get(1), 'trustList.entries', ENTRIES_MAX).map(entryFrom);
    if (new Set(entries.map(({ nation }) => nation)).size !== entries.length) {
      throw new SchemaError('trustList.entries', 'name each nation once');
    }
    return ok(entries);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return err({ field: error.field, rule: error.rule });
  }
}

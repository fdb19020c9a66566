import { assert } from '../../base/assert.js';
import { toHex } from '../../base/bytes.js';
import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { identifyEntry } from '../../domain/codec/entry.js';
import type { FormRefusal } from '../../domain/codec/strict.js';
import type { IdentifiedEntry } from '../../domain/settlement.js';
import type { SettlementRules, VerifySignature } from '../consensus/index.js';
import { apply } from './apply.js';
import type { SettledState } from './state.js';
import { validate } from './validity.js';

interface Known {
  readonly read: Result<IdentifiedEntry, FormRefusal>;
  /** Verdicts on signatures of this entry, by key, signature and message. */
  readonly verdicts: Map<string, boolean>;
}

/**
 * What consensus is handed: identification, validity and the fold. An entry is looked at several
 * times on its way; its decoded form and the verdicts on its signatures are kept with its bytes.
 */
export function settlementRules(verify: VerifySignature): SettlementRules<SettledState> {
  const known = new WeakMap<Uint8Array, Known>();
  const look = (bytes: Uint8Array): Known => {
    const held = known.get(bytes);
    if (held !== undefined) return held;
    const fresh = { read: identifyEntry(bytes), verdicts: new Map<string, boolean>() };
    known.set(bytes, fresh);
    return fresh;
  };
  const cached = ({ verdicts }: Known): VerifySignature => {
    return (key, message, signature) => {
      const name = toHex(key) + toHex(signature) + toHex(message);
      const held = verdicts.get(name);
      if (held !== undefined) return held;
      const verdict = verify(key, message, signature);
      verdicts.set(name, verdict);
      return verdict;
    };
  };
  return {
    identify(bytes) {
      const { read } = look(bytes);
      if (!read.ok) return err(`${read.error.field} ${read.error.rule}`);
      return ok({ entryId: read.value.entryId, key: read.value.coreId });
    },
    validate(state, bytes, height) {
      const entry = look(bytes);
      if (!entry.read.ok) return `MALFORMED: ${entry.read.error.field} ${entry.read.error.rule}`;
      const answer = validate(state, entry.read.value, height, cached(entry));
      return answer === true ? true : `${answer.code}: ${answer.field} ${answer.rule}`;
    },
    apply(state, bytes, height) {
      const { read } = look(bytes);
      assert(read.ok, 'an entry is applied only after it was found valid');
      return apply(state, read.value, height);
    },
  };
}

import { assert } from '../../base/assert.js';
import { configDigest } from '../../domain/codec/configuration.js';
import type { Extension, ExtensionOf } from '../../domain/codec/entry-extension.js';
import { decodeExtension } from '../../domain/codec/entry-extension.js';
import { sortedByNation } from '../../domain/codec/participant.js';
import type { Configuration } from '../../domain/operation.js';
import type { IdentifiedEntry } from '../../domain/settlement.js';
import { withKey, withKeys } from './hex-set.js';
import type { SettledState } from './state.js';
import { approvalKey } from './state.js';

function changedCredential(
  c: Configuration,
  { nation, change }: ExtensionOf<'credential'>,
): Configuration {
  const { added, revoked } = change;
  if (revoked !== undefined) return { ...c, revocations: [...c.revocations, revoked] };
  const participants = c.participants.map((one) =>
    one.nation === nation ? { ...one, authorities: [...one.authorities, added] } : one,
  );
  return { ...c, participants };
}

function changedMembers(
  c: Configuration,
  { change: { join, exit } }: ExtensionOf<'membership'>,
): Configuration {
  const participants =
    join === undefined
      ? c.participants.filter(({ nation }) => nation !== exit)
      : sortedByNation([...c.participants, join]);
  return { ...c, participants };
}

/** The configuration after the act: the same object when the act does not change it. */
function changed(c: Configuration, extension: Extension): Configuration {
  switch (extension.kind) {
    case 'role': {
      const { nation, role } = extension;
      const participants = c.participants.map((one) =>
        one.nation === nation ? { ...one, role } : one,
      );
      return { ...c, participants };
    }
    case 'membership':
      return changedMembers(c, extension);
    case 'adoption': {
      const { declaration, replaces } = extension;
      const kept = c.pinned.filter((digest) => digest !== replaces);
      return { ...c, pinned: [...kept, declaration].sort() };
    }
    case 'credential':
      return changedCredential(c, extension);
    default:
      return c;
  }
}

function withExtension(state: SettledState, extension: Extension): SettledState {
  const configuration = changed(state.configuration, extension);
  const next =
    configuration === state.configuration
      ? state
      : { ...state, configuration, configDigest: configDigest(configuration) };
  switch (extension.kind) {
    case 'decision':
      return { ...next, slots: withKey(next.slots, extension.slot) };
    case 'sanction': {
      const { subject, rights, untilHeight } = extension;
      return { ...next, sanctions: [...next.sanctions, { subject, rights, untilHeight }] };
    }
    case 'withdrawal': {
      const key = approvalKey(extension.coreId, extension.nation);
      return { ...next, withdrawn: withKey(next.withdrawn, key) };
    }
    case 'closure':
      return { ...next, closed: true };
    default:
      return next;
  }
}

/** The settled state after a valid entry of a block of this height. */
export function apply(state: SettledState, entry: IdentifiedEntry, height: number): SettledState {
  const { core } = entry.entry;
  const extension = decodeExtension(core.kind, core.extension);
  assert(extension.ok, 'an entry is applied only after it was found valid');
  const consumed = core.inputs.filter(({ mode }) => mode === 'consumes');
  return {
    ...withExtension(state, extension.value),
    height,
    settled: withKey(state.settled, entry.coreId),
    consumed: withKeys(
      state.consumed,
      consumed.map(({ blind }) => blind),
    ),
  };
}

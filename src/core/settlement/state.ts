import { toHex, utf8 } from '../../base/bytes.js';
import { configDigest } from '../../domain/codec/configuration.js';
import { declarationDigest } from '../../domain/codec/declaration.js';
import type { Right } from '../../domain/codec/entry-extension.js';
import type { Role } from '../../domain/event.js';
import type { ConfigDigest, CoreId, Kid, Nation, OpId } from '../../domain/ids.js';
import type {
  AuthorityRecord,
  Configuration,
  OperationDeclaration,
  Participant,
} from '../../domain/operation.js';
import type { HexSet } from './hex-set.js';
import { EMPTY_SET, hasKey } from './hex-set.js';

/** A settled suspension of rights. */
export interface Sanction {
  readonly subject: Nation;
  readonly rights: readonly Right[];
  readonly untilHeight: number;
}

/**
 * One operation's settled state: the fold of its committed entries. Immutable. Everything that the
 * validity of a next entry depends on is here, and nothing else.
 */
export interface SettledState {
  readonly opId: OpId;
  readonly configuration: Configuration;
  /** H(0x16, configuration): with the epoch it is how events name the configuration. */
  readonly configDigest: ConfigDigest;
  /** Height of the last block applied. */
  readonly height: number;
  readonly closed: boolean;
  /** Core ids settled. */
  readonly settled: HexSet;
  /** Blinds of rights that were consumed. */
  readonly consumed: HexSet;
  /** Decision slots taken. */
  readonly slots: HexSet;
  /** Approvals withdrawn before they were used. */
  readonly withdrawn: HexSet;
  readonly sanctions: readonly Sanction[];
}

/** The state before the first block: the configuration that the declaration gives. */
export function initialState(declaration: OperationDeclaration, opId: OpId): SettledState {
  const configuration: Configuration = {
    epoch: 1,
    participants: declaration.participants,
    revocations: [],
    pinned: declaration.pinned,
    authorityMap: declaration.authorityMap,
    declaration: declarationDigest(declaration),
  };
  return {
    opId,
    configuration,
    configDigest: configDigest(configuration),
    height: 0,
    closed: false,
    settled: EMPTY_SET,
    consumed: EMPTY_SET,
    slots: EMPTY_SET,
    withdrawn: EMPTY_SET,
    sanctions: [],
  };
}

export function isSettled(state: SettledState, coreId: CoreId): boolean {
  return hasKey(state.settled, coreId);
}

/** Names one nation's approval of one core. */
export function approvalKey(coreId: CoreId, nation: Nation): string {
  return coreId + toHex(utf8(nation));
}

export function participantOf(state: SettledState, nation: Nation): Participant | undefined {
  return state.configuration.participants.find((one) => one.nation === nation);
}

export function roleOf(state: SettledState, nation: Nation): Role | undefined {
  return participantOf(state, nation)?.role;
}

export function leadsOf(state: SettledState): readonly Nation[] {
  return state.configuration.participants
    .filter(({ role }) => role === 'lead')
    .map(({ nation }) => nation);
}

export function isRevoked(state: SettledState, kid: Kid): boolean {
  return state.configuration.revocations.some((one) => one.kid === kid);
}

/** The nation's authorities whose keys count now. */
export function standingAuthorities(
  state: SettledState,
  nation: Nation,
): readonly AuthorityRecord[] {
  const all = participantOf(state, nation)?.authorities ?? [];
  return all.filter(({ kid }) => !isRevoked(state, kid));
}

/** Is this right of the nation suspended at the height? */
export function isSuspended(
  state: SettledState,
  nation: Nation,
  right: Right,
  height: number,
): boolean {
  return state.sanctions.some(
    (one) => one.subject === nation && one.untilHeight >= height && one.rights.includes(right),
  );
}

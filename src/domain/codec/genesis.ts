import { assert } from '../../base/assert.js';
import { compareText, fromUtf8, utf8, u8, u64be } from '../../base/bytes.js';
import type { Result } from '../../base/result.js';
import type { EpochState } from '../consensus.js';
import type { BlockId, DeclarationDigest, OpId } from '../ids.js';
import { isNation, nation } from '../ids.js';
import { LIMITS } from '../limits.js';
import type { Genesis, Member } from '../operation.js';
import { quorumOf } from '../quorum.js';
import type { BinaryRefusal, ByteReader } from './consensus-bytes.js';
import { ByteWriter, decodeWhole } from './consensus-bytes.js';
import { bftHash } from './consensus-hash.js';

/** The beginning of an operation's log: who votes, under which rules, for which declaration. */

const PROFILES = ['bft', 'cft'] as const satisfies readonly Genesis['quorumProfile'][];
const MEMBER_BYTES = 67;
const FIXED_BYTES = 37;

function writeMembers(w: ByteWriter, members: readonly Member[]): ByteWriter {
  for (const member of members) {
    w.bytes(utf8(member.nation)).bytes(member.consensusKey).id(member.credentialDigest);
  }
  return w;
}

/** Sorted by nation, nations and consensus keys distinct, 1 to 31; `cft` only with three. */
function wellFormed(genesis: Genesis): boolean {
  const { members, quorumProfile } = genesis;
  if (members.length < 1 || members.length > LIMITS.membersMax) return false;
  if (quorumProfile === 'cft' && members.length !== 3) return false;
  const keys = new Set(members.map((member) => member.consensusKey.join()));
  return (
    keys.size === members.length &&
    members.every((member, i) => {
      const before = members[i - 1];
      return before === undefined || compareText(before.nation, member.nation) < 0;
    })
  );
}

/** rulesVersion 4 ‖ (nation 3, consensusKey 32, credentialDigest 32) × n ‖ profile 1 ‖ digest 32. */
export function encodeGenesis(genesis: Genesis): Uint8Array {
  assert(wellFormed(genesis), 'the members of a genesis are sorted and distinct');
  return writeMembers(new ByteWriter().u32(genesis.rulesVersion), genesis.members)
    .u8(PROFILES.indexOf(genesis.quorumProfile) + 1)
    .id(genesis.policyDigest)
    .done();
}

function readMember(r: ByteReader): Member {
  const code = r.bytes(3, 'member.nation');
  const text = code.every((byte) => byte < 0x80) ? fromUtf8(code) : '';
  r.require(isNation(text), 'member.nation', 'is an ISO 3166-1 alpha-3 code');
  return {
    nation: nation(text),
    consensusKey: r.bytes(32, 'member.consensusKey'),
    credentialDigest: r.id('member.credentialDigest'),
  };
}

export function decodeGenesis(bytes: Uint8Array): Result<Genesis, BinaryRefusal> {
  return decodeWhole(bytes, (r) => {
    const count = (bytes.length - FIXED_BYTES) / MEMBER_BYTES;
    r.require(Number.isInteger(count) && count >= 1, 'members', 'are 67 bytes each');
    r.require(count <= LIMITS.membersMax, 'members', 'are at most 31');
    const rulesVersion = r.u32('rulesVersion');
    const members = Array.from({ length: count }, () => readMember(r));
    const quorumProfile = r.named(PROFILES, 'quorumProfile');
    const policyDigest = r.id<DeclarationDigest>('policyDigest');
    const genesis = { rulesVersion, members, quorumProfile, policyDigest };
    r.require(wellFormed(genesis), 'members', 'are sorted by nation, distinct, three for cft');
    return genesis;
  });
}

/** H(0x11, Genesis). Whoever holds the declaration computes it before anybody signs. */
export function opIdOf(genesis: Genesis): OpId {
  return bftHash('genesis', encodeGenesis(genesis)) as OpId;
}

/** H(0x12, epoch 8 ‖ rulesVersion 4 ‖ q 1 ‖ members): binds a statement to its exact voters. */
export function valSetHashOf(
  epoch: Pick<EpochState, 'epoch' | 'rulesVersion' | 'q' | 'members'>,
): string {
  const w = new ByteWriter().u64(epoch.epoch).u32(epoch.rulesVersion).u8(epoch.q);
  return bftHash('valSet', writeMembers(w, epoch.members).done());
}

/** Member indexes sorted by H(0x13, opId ‖ epoch 8 ‖ index 1): nobody chooses the first leader. */
export function leaderOrder(opId: OpId, epoch: number, n: number): readonly number[] {
  const id = new ByteWriter().id(opId).done();
  return Array.from({ length: n }, (_, index) => ({
    index,
    rank: bftHash('leaderOrder', id, u64be(epoch), u8(index)),
  }))
    .sort((a, b) => compareText(a.rank, b.rank))
    .map(({ index }) => index);
}

/**
 * The first epoch. Epochs count from 1; the log starts above the anchor at height 0, whose digest
 * is the operation id.
 */
export function genesisEpoch(genesis: Genesis): EpochState {
  const { members, rulesVersion, quorumProfile } = genesis;
  const opId = opIdOf(genesis);
  const { q } = quorumOf(members.length, quorumProfile);
  const anchor = { digest: opId as string as BlockId, height: 0 };
  const scope = { opId, epoch: 1, rulesVersion, members, q };
  return {
    ...scope,
    anchor,
    valSetHash: valSetHashOf(scope),
    order: leaderOrder(opId, 1, members.length),
  };
}

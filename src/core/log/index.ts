/**
 * National logs: one Merkle tree per nation (RFC 9162), written by its own node alone, with a chain
 * per label class inside it.
 *
 *     const { log, header, leafHash } = appendLeaf(emptyOwnLog(nation), leaf);
 *     const head = checkpointHead(log, logSecret, timeS);       // then signed by the shell
 *     const extended = extend(emptyForeignLog(nation), range);  // at every other nation
 */
export type { AuditInput, AuditReport, AuditedLeaf, AuditCode, LogFinding } from './audit.js';
export { LogAudit, auditLog } from './audit.js';
export type { CheckpointRefusal, LogKey, Verify } from './checkpoints.js';
export { compareCheckpoints, verifyCheckpoint } from './checkpoints.js';
export type { ClassProof, ClassProofVerdict } from './class-proof.js';
export { checkClassProof, classProof } from './class-proof.js';
export type {
  ClassGap,
  ExtendCode,
  ExtendOptions,
  ExtendRefusal,
  Extended,
  LogRange,
  RangeItem,
} from './extend.js';
export { extend } from './extend.js';
export type { ForeignLog, SeenClass } from './foreign-log.js';
export { emptyForeignLog } from './foreign-log.js';
export type { ClassHead } from './label-classes.js';
export { classSalt, labelRootOf } from './label-classes.js';
export type { LeafFields } from './leaf-fields.js';
export { checkLeafFields, leafFieldsOf } from './leaf-fields.js';
export { decodeLogState, encodeLogState } from './log-state.js';
export { EMPTY_ROOT, nodeHash, treeRoot } from './merkle.js';
export type { Appended, ClassKey, NewLeaf, OwnLog, Tree } from './own-log.js';
export { appendLeaf, checkpointHead, emptyOwnLog, rootOf } from './own-log.js';
export type { InclusionClaim, TreeHead } from './proofs.js';
export { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from './proofs.js';
export type { LogRefusal } from './refusals.js';

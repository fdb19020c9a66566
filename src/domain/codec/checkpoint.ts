import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { concatBytes } from '../../base/bytes.js';
import type { Checkpoint } from '../checkpoint.js';
import type { Digest, Kid } from '../ids.js';
import { idBytes, idFromBytes, isNation } from '../ids.js';
import type { Refusal } from '../refusal.js';
import { TAGS } from '../tags.js';
import { decodeSign1, encodeSign1, protectedHeader, sigStructure } from './cose.js';
import { decodeCbor, encodeCbor } from './dcbor.js';
import { SchemaError, asBytes, asText, asTuple, asUint } from './reader.js';

export const CHECKPOINT_TYP = 'application/x-entente-checkpoint+cbor';

const SIGNATURE_BYTES = 64;

/** What a checkpoint states, before anybody signs it. */
export type CheckpointHead = Omit<Checkpoint, 'kid' | 'signature'>;
export type CheckpointFormRefusal = Refusal<'CHECKPOINT_FORM'>;

/** dCBOR [nation, log number, size, root, labelRoot, time in seconds]: 82 bytes below size 65,536. */
export function encodeCheckpointHead(head: CheckpointHead): Uint8Array {
  return encodeCbor([
    head.nation,
    head.logNumber,
    head.size,
    idBytes(head.root),
    idBytes(head.labelRoot),
    head.time,
  ]);
}

/** The Sig_structure (RFC 9052 section 4.4) that the node key `kid` signs. */
export function checkpointTbs(head: CheckpointHead, kid: Kid): Uint8Array {
  const protectedBytes = protectedHeader(kid, CHECKPOINT_TYP);
  return sigStructure(protectedBytes, TAGS.checkpoint, encodeCheckpointHead(head));
}

/** COSE_Sign1 of a checkpoint: the form of stores, evidence and exports. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  return encodeSign1(
    protectedHeader(checkpoint.kid, CHECKPOINT_TYP),
    encodeCheckpointHead(checkpoint),
    checkpoint.signature,
  );
}

/** Payload ‖ signature: the form of narrow links. Names no key; the receiver knows the signer's. */
export function encodeCompactCheckpoint(checkpoint: Checkpoint): Uint8Array {
  return concatBytes(encodeCheckpointHead(checkpoint), checkpoint.signature);
}

function refusal(field: string, rule: string): CheckpointFormRefusal {
  return {
    code: 'CHECKPOINT_FORM',
    field,
    rule,
    authority: 'national log',
    detail: `${field}: ${rule}`,
    remedy: 'ask another holder for the checkpoint',
  };
}

function headOf(payload: Uint8Array): Result<CheckpointHead, CheckpointFormRefusal> {
  const decoded = decodeCbor(payload);
  if (!decoded.ok) return err(refusal('checkpoint', 'is canonical CBOR'));
  try {
    const [code, logNumber, size, root, labelRoot, time] = asTuple(decoded.value, 'checkpoint', 6);
    const nation = asText(code, 'checkpoint.nation', 3);
    if (!isNation(nation)) throw new SchemaError('checkpoint.nation', 'is a nation code');
    return ok({
      nation,
      logNumber: asUint(logNumber, 'checkpoint.logNumber'),
      size: asUint(size, 'checkpoint.size'),
      root: idFromBytes<Digest>(asBytes(root, 'checkpoint.root', 32)),
      labelRoot: idFromBytes<Digest>(asBytes(labelRoot, 'checkpoint.labelRoot', 32)),
      time: asUint(time, 'checkpoint.time'),
    });
  } catch (error) {
    if (error instanceof SchemaError) return err(refusal(error.field, error.rule));
    throw error;
  }
}

/** Strict decode of the COSE_Sign1 form. The signature is not checked here. */
export function decodeCheckpoint(bytes: Uint8Array): Result<Checkpoint, CheckpointFormRefusal> {
  const sign1 = decodeSign1(bytes, CHECKPOINT_TYP);
  if (!sign1.ok) return err(refusal('checkpoint', 'is a COSE_Sign1 of its type'));
  const { kid, payload, signature, x5chain } = sign1.value;
  if (x5chain !== undefined) return err(refusal('checkpoint', 'carries no certificate chain'));
  const head = headOf(payload);
  return head.ok ? ok({ ...head.value, kid, signature }) : head;
}

/** Rebuilds a checkpoint from its compact form and the key it is taken to be signed with. */
export function decodeCompactCheckpoint(
  bytes: Uint8Array,
  kid: Kid,
): Result<Checkpoint, CheckpointFormRefusal> {
  if (bytes.length <= SIGNATURE_BYTES) return err(refusal('checkpoint', 'has a signature'));
  const head = headOf(bytes.subarray(0, bytes.length - SIGNATURE_BYTES));
  if (!head.ok) return head;
  return ok({ ...head.value, kid, signature: bytes.slice(bytes.length - SIGNATURE_BYTES) });
}

import type {
  ApprovalContent,
  DecisionContent,
  Opening,
  OpeningContent,
  RefusalContent,
  SettledContent,
  TaskingContent,
} from '../body.js';
import type { Blind, BlockId, CoreId, DeclarationDigest, EntryId, EventId } from '../ids.js';
import { idBytes, idFromBytes } from '../ids.js';
import { LIMITS } from '../limits.js';
import type { BodyCodec } from './bodies-content.js';
import type { Cbor } from './dcbor.js';
import { cborMap } from './dcbor.js';
import { STEP_CHARS_MAX } from './entry-extension.js';
import { asArray, asBytes, asText, asTuple, asUint, onlyKeys } from './reader.js';

/** Bodies of settlement events: decisions, taskings, approvals, refusals, openings, records. */

const REASON_CHARS_MAX = 4096;
const OPENED_MAX = 0xffffffff;

function openingsToCbor(openings: readonly Opening[]): Cbor {
  return openings.map(({ blind, event, salt }) => [idBytes(blind), idBytes(event), salt]);
}

function openingsFrom(value: Cbor | undefined): readonly Opening[] {
  return asArray(value, 'openings', LIMITS.parentsMax).map((item) => {
    const [blind, event, salt] = asTuple(item, 'openings', 3);
    return {
      blind: idFromBytes<Blind>(asBytes(blind, 'openings.blind', 32)),
      event: idFromBytes<EventId>(asBytes(event, 'openings.event', 32)),
      salt: asBytes(salt, 'openings.salt', 32),
    };
  });
}

function coreIdFrom(value: Cbor | undefined): CoreId {
  return idFromBytes<CoreId>(asBytes(value, 'coreId', 32));
}

export const decisionCodec: BodyCodec<DecisionContent> = {
  toCbor: (c) =>
    cborMap(
      [0, 1],
      [1, c.pathway === null ? null : idBytes(c.pathway)],
      [2, c.run],
      [3, c.step],
      [4, c.reason],
      [5, c.outcomeSalt],
      [6, openingsToCbor(c.openings)],
    ),
  from: (map) => {
    onlyKeys(map, 'body', [0, 1, 2, 3, 4, 5, 6]);
    const pathway = map.get(1);
    return {
      type: 'decision-record',
      pathway:
        pathway === null ? null : idFromBytes<DeclarationDigest>(asBytes(pathway, 'pathway', 32)),
      run: asBytes(map.get(2), 'run', 16),
      step: asText(map.get(3), 'step', STEP_CHARS_MAX),
      reason: asText(map.get(4), 'reason', REASON_CHARS_MAX),
      outcomeSalt: asBytes(map.get(5), 'outcomeSalt', 32),
      openings: openingsFrom(map.get(6)),
    };
  },
};

export const taskingCodec: BodyCodec<TaskingContent> = {
  toCbor: (c) =>
    cborMap([0, 1], [1, c.asset], [2, c.task], [3, c.outcomeSalt], [4, openingsToCbor(c.openings)]),
  from: (map) => {
    onlyKeys(map, 'body', [0, 1, 2, 3, 4]);
    return {
      type: 'tasking',
      asset: asText(map.get(1), 'asset', 1024),
      task: asText(map.get(2), 'task', REASON_CHARS_MAX),
      outcomeSalt: asBytes(map.get(3), 'outcomeSalt', 32),
      openings: openingsFrom(map.get(4)),
    };
  },
};

export const approvalCodec: BodyCodec<ApprovalContent> = {
  toCbor: (c) => cborMap([0, 1], [1, idBytes(c.coreId)], [2, c.opened], [3, c.signature]),
  from: (map) => {
    onlyKeys(map, 'body', [0, 1, 2, 3]);
    return {
      type: 'approval',
      coreId: coreIdFrom(map.get(1)),
      opened: asUint(map.get(2), 'opened', OPENED_MAX),
      signature: asBytes(map.get(3), 'signature', 64),
    };
  },
};

export const refusalCodec: BodyCodec<RefusalContent> = {
  toCbor: (c) => cborMap([0, 1], [1, idBytes(c.coreId)], [2, c.reason]),
  from: (map) => {
    onlyKeys(map, 'body', [0, 1, 2]);
    return {
      type: 'refusal',
      coreId: coreIdFrom(map.get(1)),
      reason: asText(map.get(2), 'reason', REASON_CHARS_MAX),
    };
  },
};

export const openingCodec: BodyCodec<OpeningContent> = {
  toCbor: (c) => cborMap([0, 1], [1, openingsToCbor(c.openings)]),
  from: (map) => {
    onlyKeys(map, 'body', [0, 1]);
    return { type: 'opening', openings: openingsFrom(map.get(1)) };
  },
};

export const settledCodec: BodyCodec<SettledContent> = {
  toCbor: (c) =>
    cborMap(
      [0, 1],
      [1, idBytes(c.coreId)],
      [2, c.epoch],
      [3, c.height],
      [4, idBytes(c.entryId)],
      [5, idBytes(c.block)],
    ),
  from: (map) => {
    onlyKeys(map, 'body', [0, 1, 2, 3, 4, 5]);
    return {
      type: 'settled-record',
      coreId: coreIdFrom(map.get(1)),
      epoch: asUint(map.get(2), 'epoch'),
      height: asUint(map.get(3), 'height'),
      entryId: idFromBytes<EntryId>(asBytes(map.get(4), 'entryId', 32)),
      block: idFromBytes<BlockId>(asBytes(map.get(5), 'block', 32)),
    };
  },
};

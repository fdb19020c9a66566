import type { Result } from '../base/result.js';
import { err, ok } from '../base/result.js';
import { decodeGrantRecord } from '../domain/codec/grant-record.js';
import { cborMap, decodeCbor, encodeCbor } from '../domain/codec/dcbor.js';
import { asArray, asBytes, asMap, asText, asUint } from '../domain/codec/reader.js';
import {
  authorKey,
  contentKey,
  eventBind,
  grantBind,
  grantBodyKey,
  releaseKeyId,
  releaseSetDigest,
  topicOf,
} from '../domain/codec/release-keys.js';
import type { Event } from '../domain/event.js';
import type { LabelDigest, Nation, Op, ReleaseKeyId, ReleaseSetDigest } from '../domain/ids.js';
import { idBytes, idFromBytes, nation } from '../domain/ids.js';
import type { AppPorts } from './parts.js';

/** A release key this node holds: its own, or one granted to it. */
export interface HeldKey {
  readonly id: ReleaseKeyId;
  readonly op: Op;
  readonly originator: Nation;
  readonly nations: readonly Nation[];
  readonly releaseSet: ReleaseSetDigest;
  readonly keyEpoch: number;
  readonly key: Uint8Array;
  /** Label that first needed the set: how people name it. */
  readonly label: LabelDigest;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly topic: string;
}

export type GrantRefusal =
  'NOT_A_RECIPIENT' | 'BAD_GRANT_RECORD' | 'WRONG_KEY_ID' | 'NOT_LISTED' | 'UNCOVERED_RECIPIENT';

const COLLECTION = 'release-key';
/** A key is renewed after a day or after this many events, whichever is first. */
export const KEY_LIFE_MS = 24 * 3600 * 1000;
export const KEY_EVENTS_MAX = 10_000;

function encodeHeld(held: HeldKey, sealed: Uint8Array): Uint8Array {
  return encodeCbor(
    cborMap(
      [0, 1],
      [1, idBytes(held.op)],
      [2, held.originator],
      [3, held.nations],
      [4, held.keyEpoch],
      [5, idBytes(held.label)],
      [6, held.notBeforeMs],
      [7, held.notAfterMs],
      [8, sealed],
    ),
  );
}

/** Release keys by id, sealed at rest, and what they open. */
export class Keyring {
  readonly #ports: Pick<AppPorts, 'state' | 'vault' | 'sealer' | 'entropy' | 'clock'>;
  readonly #self: Nation;
  readonly #held = new Map<ReleaseKeyId, HeldKey>();
  /** Own keys whose grant is being logged: they say who may have that grant, and seal nothing yet. */
  readonly #granting = new Map<ReleaseKeyId, HeldKey>();
  readonly #sealedCount = new Map<ReleaseKeyId, number>();

  constructor(
    self: Nation,
    ports: Pick<AppPorts, 'state' | 'vault' | 'sealer' | 'entropy' | 'clock'>,
  ) {
    this.#self = self;
    this.#ports = ports;
  }

  async load(): Promise<void> {
    for await (const [id, value] of this.#ports.state.entries(COLLECTION)) {
      const decoded = decodeCbor(value);
      if (!decoded.ok) throw new Error(`release key ${id} is damaged in the store`);
      const map = asMap(decoded.value, 'releaseKey');
      const key = this.#ports.vault.open(asBytes(map.get(8), 'key'), `release-key ${id}`);
      this.#remember({
        op: idFromBytes<Op>(asBytes(map.get(1), 'op', 16), 16),
        originator: nation(asText(map.get(2), 'originator')),
        nations: asArray(map.get(3), 'nations').map((code) => nation(asText(code, 'nations'))),
        keyEpoch: asUint(map.get(4), 'keyEpoch'),
        label: idFromBytes<LabelDigest>(asBytes(map.get(5), 'label', 32)),
        notBeforeMs: asUint(map.get(6), 'notBefore'),
        notAfterMs: asUint(map.get(7), 'notAfter'),
        key,
      });
    }
  }

  all(): readonly HeldKey[] {
    return [...this.#held.values()];
  }

  get(id: ReleaseKeyId): HeldKey | undefined {
    return this.#held.get(id) ?? this.#granting.get(id);
  }

  /** The own key in force for a set, or undefined when a new one is due. */
  current(op: Op, nations: readonly Nation[]): HeldKey | undefined {
    const newest = this.#newestOwn(op, nations);
    if (newest === undefined) return undefined;
    const worn = (this.#sealedCount.get(newest.id) ?? 0) >= KEY_EVENTS_MAX;
    return worn || this.#ports.clock.nowMs() >= newest.notAfterMs ? undefined : newest;
  }

  /** Makes a fresh own key, of the next key epoch of its set. Not stored yet: see `store`. */
  generate(op: Op, nations: readonly Nation[], label: LabelDigest): HeldKey {
    const nowMs = this.#ports.clock.nowMs();
    const fresh = heldKey({
      op,
      originator: this.#self,
      nations,
      keyEpoch: (this.#newestOwn(op, nations)?.keyEpoch ?? -1) + 1,
      key: this.#ports.entropy.bytes(32),
      label,
      notBeforeMs: nowMs,
      notAfterMs: nowMs + KEY_LIFE_MS,
    });
    this.#granting.set(fresh.id, fresh);
    return fresh;
  }

  async store(held: HeldKey): Promise<void> {
    const sealed = this.#ports.vault.seal(held.key, `release-key ${held.id}`);
    const value = encodeHeld(held, sealed);
    await this.#ports.state.write([{ collection: COLLECTION, key: held.id, value }]);
    this.#remember(held);
    this.#granting.delete(held.id);
  }

  countSealed(id: ReleaseKeyId): void {
    this.#sealedCount.set(id, (this.#sealedCount.get(id) ?? 0) + 1);
  }

  /** Content key of a position under a held key. */
  contentKey(held: HeldKey, author: Event['payload']['author'], seq: number): Uint8Array {
    return contentKey(authorKey(held.key, held.id, author), seq);
  }

  /** Opens a sealed event's box; undefined when this node holds no key for it. */
  open(event: Event, box: Uint8Array): Result<Uint8Array, 'BAD_SEAL'> | undefined {
    const { body, op, author, seq, label } = event.payload;
    if (body.form !== 'sealed' || body.releaseKey === undefined) return undefined;
    const held = this.#held.get(body.releaseKey);
    if (held === undefined) return undefined;
    const bind = eventBind({ op, author, seq, label: label.digest });
    const key = this.contentKey(held, author, seq);
    return this.#ports.sealer.open(key, bind, { ...body, box });
  }

  /** Takes the key of a grant in: one of the wraps is ours, and record and id agree with it. */
  async acceptGrant(event: Event, box: Uint8Array): Promise<Result<HeldKey, GrantRefusal>> {
    const { grant, body, op, author, seq, label, nation: originator } = event.payload;
    if (grant?.validity === undefined || body.form !== 'sealed') return err('BAD_GRANT_RECORD');
    const bind = grantBind({ op, author, seq, label: label.digest }, 0, grant.target);
    const unwrapped = await this.#ports.sealer.unwrap(grant.wraps, bind);
    if (unwrapped === null) return err('NOT_A_RECIPIENT');
    const { secret, index } = unwrapped;
    const bodyKey = grantBodyKey(secret, grant.target, author, seq);
    const opened = this.#ports.sealer.open(bodyKey, bind, { ...body, box });
    const record = opened.ok ? decodeGrantRecord(opened.value) : undefined;
    if (!record?.ok || record.value.scope !== 0) return err('BAD_GRANT_RECORD');
    const { recipients, releaseSet } = record.value;
    const listed = recipients.some((r) => r.nation === this.#self && r.wrapIndex === index);
    if (!listed) return err('NOT_LISTED');
    if (recipients.some((r) => !releaseSet.includes(r.nation))) return err('UNCOVERED_RECIPIENT');
    const held = heldKey({
      op,
      originator,
      nations: releaseSet,
      keyEpoch: grant.validity.keyEpoch,
      key: secret,
      label: record.value.label,
      notBeforeMs: grant.validity.notBeforeMs,
      notAfterMs: grant.validity.notAfterMs,
    });
    if ((held.id as string) !== grant.target) return err('WRONG_KEY_ID');
    await this.store(held);
    return ok(held);
  }

  #newestOwn(op: Op, nations: readonly Nation[]): HeldKey | undefined {
    const set = releaseSetDigest(nations);
    return this.all()
      .filter((h) => h.op === op && h.originator === this.#self && h.releaseSet === set)
      .sort((a, b) => b.keyEpoch - a.keyEpoch)[0];
  }

  #remember(parts: Omit<HeldKey, 'id' | 'releaseSet' | 'topic'>): void {
    const held = heldKey(parts);
    this.#held.set(held.id, held);
  }
}

function heldKey(parts: Omit<HeldKey, 'id' | 'releaseSet' | 'topic'>): HeldKey {
  const releaseSet = releaseSetDigest(parts.nations);
  const scope = {
    op: parts.op,
    originator: parts.originator,
    releaseSet,
    keyEpoch: parts.keyEpoch,
  };
  return {
    ...parts,
    releaseSet,
    id: releaseKeyId(scope, parts.key),
    topic: topicOf(scope, parts.key),
  };
}

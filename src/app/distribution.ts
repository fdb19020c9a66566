import { release } from '../core/policy/index.js';
import type { Permission } from '../core/policy/index.js';
import { decodeCbor, encodeCbor } from '../domain/codec/dcbor.js';
import { OPEN_LABEL } from '../domain/codec/label.js';
import type { ContentFrame } from '../domain/wire.js';
import type { Gossip, GossipVerdict, Links } from '../ports/links.js';
import type { Directory } from './directory.js';
import type { Inbound } from './inbound.js';
import type { HeldKey } from './keyring.js';
import type { LabelBook } from './label-book.js';
import type { AppConfig, AppPorts } from './parts.js';
import type { Published } from './publish.js';
import type { ReleaseGate } from './release-gate.js';

interface Parts {
  readonly config: AppConfig;
  readonly ports: AppPorts;
  readonly directory: Directory;
  readonly labels: LabelBook;
  readonly gate: ReleaseGate;
  readonly inbound: Inbound;
  links(): Links | undefined;
  gossip(): Gossip | undefined;
}

/**
 * The fast path of a fresh own event: sealed ones by gossip on the topic of their audience, grants
 * and inline ones ahead of their range on the links. Neither counts as delivery; the log does.
 */
export class Distribution {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Joins the topic of a key's audience; only peers of its nations ever see the topic. */
  join(held: HeldKey): void {
    if (held.nations.length > 1) this.#parts.gossip()?.join(held.topic, held.nations);
  }

  async distribute(published: Published): Promise<void> {
    const { event } = published.admitted.value;
    const sealed = event.payload.body.form === 'sealed' && event.payload.grant === undefined;
    if (sealed) await this.#gossip(published);
    else await this.#early(published);
  }

  /** A message of a topic: through the one door before it goes any further. */
  async message(data: Uint8Array): Promise<GossipVerdict> {
    const decoded = decodeCbor(data);
    if (!decoded.ok || !Array.isArray(decoded.value) || decoded.value.length !== 3) return 'reject';
    const [record, box, label] = decoded.value as readonly unknown[];
    const bytes = [record, box, label];
    if (!bytes.every((part) => part instanceof Uint8Array)) return 'reject';
    const [recordBytes, boxBytes, labelBytes] = bytes;
    if (!recordBytes || !boxBytes || !labelBytes) return 'reject';
    if (this.#parts.labels.offer(labelBytes) === undefined) return 'reject';
    const outcome = await this.#parts.inbound.receive({ record: recordBytes, box: boxBytes });
    if (outcome.kind === 'stored' || outcome.kind === 'known') return 'accept';
    return outcome.kind === 'refused' && outcome.reject ? 'reject' : 'ignore';
  }

  async #gossip({ admitted, box, label, held }: Published): Promise<void> {
    const gossip = this.#parts.gossip();
    if (gossip === undefined || held === undefined || box === undefined) return;
    if (held.nations.length < 2) return;
    const { event } = admitted.value;
    const permissions: Permission[] = [];
    for (const nation of held.nations) {
      const party = this.#parts.directory.newestNode(nation);
      const permission = party && (await this.#parts.gate.permission(event, party));
      // A topic carries to all its nations: when one may not receive now, the log serves the others.
      if (!permission) return;
      permissions.push(permission);
    }
    const data = encodeCbor([event.record, box, label.bytes]);
    await gossip.publish(held.topic, release(data, permissions));
  }

  async #early({ admitted, box, label }: Published): Promise<void> {
    const { event } = admitted.value;
    const links = this.#parts.links();
    const early: ContentFrame = {
      type: 'early',
      record: event.record,
      ...(box === undefined ? {} : { box }),
    };
    for (const peer of links?.peers() ?? []) {
      const permission = await this.#parts.gate.permission(event, peer.credential);
      if (permission === undefined) continue;
      if (label.digest !== OPEN_LABEL.digest) {
        const labelled: ContentFrame = { type: 'label', bytes: label.bytes };
        links?.send(peer.peerId, release(labelled, [permission]), 'immediate');
      }
      links?.send(peer.peerId, release(early, [permission]), 'immediate');
    }
  }
}

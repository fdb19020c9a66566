import { decide, release } from '../core/policy/index.js';
import type { Permission, Released } from '../core/policy/index.js';
import type { Credential } from '../domain/credential.js';
import type { Event } from '../domain/event.js';
import type { ReleaseKeyId } from '../domain/ids.js';
import type { DigestedLabel } from '../domain/label.js';
import type { Decision } from '../domain/release.js';
import type { Keyring } from './keyring.js';
import type { LabelBook } from './label-book.js';
import type { AppConfig, AppPorts } from './parts.js';

/**
 * The sender's enforcement point: decides on the receiving party's credential whether an own event
 * may leave, and mints the released value. No key for a party means nothing of the event for it.
 */
export class ReleaseGate {
  readonly #config: AppConfig;
  readonly #ports: Pick<AppPorts, 'clock'>;
  readonly #keyring: Keyring;
  readonly #labels: LabelBook;

  constructor(
    config: AppConfig,
    ports: Pick<AppPorts, 'clock'>,
    keyring: Keyring,
    labels: LabelBook,
  ) {
    this.#config = config;
    this.#ports = ports;
    this.#keyring = keyring;
    this.#labels = labels;
  }

  decide(event: Event, label: DigestedLabel, party: Credential | null): Decision {
    return decide({
      act: 'receive',
      label: label.label,
      party,
      originator: event.payload.nation,
      ...this.#config.policy,
      grantedTo: [],
      item: event.id,
      nowMs: this.#ports.clock.nowMs(),
    });
  }

  /** The permission of a party for an event, or undefined when it gets nothing of it. */
  async permission(event: Event, party: Credential): Promise<Permission | undefined> {
    const label = await this.#labels.get(event.payload.label.digest);
    if (label === undefined || !this.#isInAudience(event, party)) return undefined;
    const decision = this.decide(event, label, party);
    return decision.outcome === 'permit' ? { nation: party.issuer, decision } : undefined;
  }

  async release<T>(value: T, event: Event, party: Credential): Promise<Released<T> | undefined> {
    const permission = await this.permission(event, party);
    return permission && release(value, [permission]);
  }

  /** A sealed event goes to the nations of the release set that its key was made for. */
  #isInAudience({ payload }: Event, party: Credential): boolean {
    const { body, grant } = payload;
    if (body.form === 'inline') return true;
    const target =
      grant === undefined ? body.releaseKey : (grant.target as unknown as ReleaseKeyId);
    const held = target && this.#keyring.get(target);
    return held?.nations.includes(party.issuer) ?? false;
  }
}

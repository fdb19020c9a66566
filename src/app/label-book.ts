import { parseMarking, printMarking } from '../core/labels/index.js';
import { MISSION_POLICY } from '../core/policy/index.js';
import { OPEN_LABEL, decodeLabel, digestLabel } from '../domain/codec/label.js';
import type { LabelDigest } from '../domain/ids.js';
import type { DigestedLabel, Label } from '../domain/label.js';
import type { EventLog } from '../ports/event-log.js';
import type { AppConfig } from './parts.js';
import { refuse } from './refusals.js';

/** Labels are few and repeat: known ones are kept decoded. */
const CACHE_MAX = 4096;
/** Creation time of labels typed as markings: a whole day, so that equal markings have equal digests. */
const DAY_MS = 24 * 3600 * 1000;

/** Labels by digest, markings to labels and back. */
export class LabelBook {
  readonly #config: AppConfig;
  readonly #log: EventLog;
  readonly #known = new Map<LabelDigest, DigestedLabel>([[OPEN_LABEL.digest, OPEN_LABEL]]);

  constructor(config: AppConfig, log: EventLog) {
    this.#config = config;
    this.#log = log;
  }

  async get(digest: LabelDigest): Promise<DigestedLabel | undefined> {
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    const bytes = await this.#log.label(digest);
    return bytes === undefined ? undefined : this.offer(bytes);
  }

  /** A label that was asked for before: for callers that cannot wait. */
  known(digest: LabelDigest): DigestedLabel | undefined {
    return this.#known.get(digest);
  }

  /** Takes label bytes in when their form is right. */
  offer(bytes: Uint8Array): DigestedLabel | undefined {
    const decoded = decodeLabel(bytes);
    if (!decoded.ok) return undefined;
    if (this.#known.size >= CACHE_MAX) {
      this.#known.clear();
      this.#known.set(OPEN_LABEL.digest, OPEN_LABEL);
    }
    this.#known.set(decoded.value.digest, decoded.value);
    return decoded.value;
  }

  marking(label: Label): string {
    if (digestLabel(label).digest === OPEN_LABEL.digest) return 'OPEN';
    const policy = this.#config.policy.policies.get(label.policy.name) ?? MISSION_POLICY;
    return printMarking(label, policy);
  }

  /** The label of a marking that a person typed; throws RefusedError naming the rule. */
  fromText(text: string, nowMs: number): DigestedLabel {
    if (text === 'OPEN') return OPEN_LABEL;
    const day = new Date(Math.floor(nowMs / DAY_MS) * DAY_MS).toISOString().replace('.000Z', 'Z');
    const parsed = parseMarking(text, MISSION_POLICY, day);
    if (parsed.ok) return this.offer(digestLabel(parsed.value).bytes) ?? digestLabel(parsed.value);
    return refuse('LABEL_SYNTAX', 'label', {
      ...parsed.error,
      authority: MISSION_POLICY.name,
      remedy: 'for example: AUS SECRET REL TO AUS, GBR, USA',
    });
  }
}

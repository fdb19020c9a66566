import { parseMarking } from '../core/labels/index.js';
import { MISSION_POLICY } from '../core/policy/index.js';
import { digestLabel, OPEN_LABEL } from '../domain/codec/label.js';
import type { Clearance } from '../domain/credential.js';
import type { Nation } from '../domain/ids.js';
import { refuse } from './refusal-error.js';

/** Compact label bytes of a label as people give it: `OPEN`, or a marking of the mission policy. */
export function labelBytes(text: string, nowMs: number): Uint8Array {
  if (text.trim() === OPEN_LABEL.label.classification) return OPEN_LABEL.bytes;
  const created = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  const parsed = parseMarking(text, MISSION_POLICY, created);
  if (parsed.ok) return digestLabel(parsed.value).bytes;
  const { rule, detail } = parsed.error;
  throw refuse('LABEL_INVALID', 'label', {
    rule,
    detail: `${text} is not a label: ${detail}`,
    remedy: 'OPEN, or a marking such as MISSION SECRET REL TO AUS, GBR',
  });
}

/** Every classification of the mission policy, releasable to the own nation; no compartment. */
export function missionClearance(nation: Nation): Clearance {
  const classifications = MISSION_POLICY.classifications.map(({ name }) => name);
  const release = MISSION_POLICY.tags.filter(({ absent }) => absent === 'owner-only');
  const tags = new Map(release.map(({ name }) => [name, [nation]]));
  return new Map([[MISSION_POLICY.name, { classifications, tags }]]);
}

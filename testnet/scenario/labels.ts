import { CODES, FVEY } from '../nations.js';

/** A marking of the mission policy with an explicit release set. */
function secretTo(nations: readonly string[]): string {
  return `MISSION SECRET REL TO ${[...nations].sort().join(', ')}`;
}

/** The markings of the scenario, by audience. */
export const LABELS = {
  /** GBR's cue: the Five Eyes. JPN is a supporting nation and still not among them. */
  fvey: secretTo(FVEY),
  /** The four that act. */
  acting: secretTo(['AUS', 'GBR', 'JPN', 'USA']),
  /** GBR's consent concerns its requester and the contributor. */
  consent: secretTo(['AUS', 'GBR', 'USA']),
  /** What the whole operation may read. */
  mission: secretTo(CODES),
} as const;

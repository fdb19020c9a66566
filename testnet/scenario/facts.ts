import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Feed } from '../feed.js';

/** What the acts of the scenario hand on to the later ones: ids that nodes have answered with. */
export interface Facts {
  /** Words that stand in GBR's cue and nowhere else: whoever has them has read it. */
  readonly canary: string;
  readonly input: Feed;
  /** AUS's tracks that the decision cites, and the objects they are about. */
  tracks: readonly string[];
  objects: readonly string[];
  /** Events attested by AUS for PHL, which has no node. */
  attested: readonly string[];
  cue: string;
  contribution: string;
  offer: string;
  secondOffer: string;
  consent: string;
  decision: string;
  tasking: string;
  /** Settled by the majority while JPN is cut off. */
  majority: string;
  /** Approved by JPN while it is cut off; settles after the heal. */
  minority: string;
  isolatedEvent: string;
  outcomes: ReadonlyMap<string, string>;
}

export function newFacts(seed: number, input: Feed): Facts {
  const digest = createHash('sha256')
    .update(`canary ${String(seed)}`)
    .digest('hex');
  return {
    canary: `canary-${digest.slice(0, 40)}`,
    input,
    tracks: [],
    objects: [],
    attested: [],
    cue: '',
    contribution: '',
    offer: '',
    secondOffer: '',
    consent: '',
    decision: '',
    tasking: '',
    majority: '',
    minority: '',
    isolatedEvent: '',
    outcomes: new Map(),
  };
}

/** A file of the example data that lies beside the testnet. */
export function exampleFile(name: string): string {
  return fileURLToPath(new URL(`../data/${name}`, import.meta.url));
}

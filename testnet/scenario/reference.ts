import { messageOf } from '../failure.js';
import type { Feed } from '../feed.js';
import type { Launcher } from '../launcher.js';
import { openOperation } from '../operation.js';
import { Checks } from './checks.js';
import { consentToDerive, contributeAll, takeInFeeds } from './contributions.js';
import { type Facts, newFacts } from './facts.js';
import { assertOutcome, reportsOf, type Reports } from './outcome.js';
import { type Result, resultOf } from './result.js';
import { decide, partitionAndHeal, refusedRead, task } from './settlements.js';
import { Stage } from './stage.js';

export interface ScenarioOptions {
  readonly launcher: Launcher;
  readonly seed: number;
  readonly input: Feed;
}

async function play(stage: Stage, facts: Facts): Promise<Reports> {
  await openOperation(stage.testnet, stage);
  await takeInFeeds(stage, facts);
  await contributeAll(stage, facts);
  await consentToDerive(stage, facts);
  await decide(stage, facts);
  await refusedRead(stage, facts);
  await task(stage, facts);
  await partitionAndHeal(stage, facts);
  return assertOutcome(stage, facts);
}

/**
 * Plays the scenario on a testnet that it starts. A run that breaks off is a result too: the reason
 * is its failed assertion, and a nation that is gone is shown as missing.
 */
export async function runReference(options: ScenarioOptions): Promise<Result> {
  const { launcher, seed, input } = options;
  const { narrator, signal } = launcher;
  const checks = new Checks(({ name, detail }) =>
    narrator.step(`NOT AS IT HAS TO BE: ${name}`, detail),
  );
  let stage: Stage | undefined;
  let reports: Reports = new Map();
  try {
    stage = new Stage({ testnet: await launcher.up(), narrator, checks, signal });
    reports = await play(stage, newFacts(seed, input));
  } catch (error) {
    checks.check('the scenario ran to its end', false, messageOf(error));
    if (stage !== undefined) reports = await reportsOf(stage);
  }
  const ends = launcher.unplannedEnds.map(({ nation, how }) => `${nation}: ${how}`);
  checks.check(
    'no node ended unplanned',
    ends.length === 0,
    ends.length === 0 ? 'six nodes, one planned kill' : ends.join('; '),
  );
  return resultOf(seed, reports, checks.all);
}

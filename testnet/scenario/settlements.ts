import { createHash } from 'node:crypto';
import type { SettlementView } from '../../src/domain/views.js';
import { type Code, CODES } from '../nations.js';
import type { Facts } from './facts.js';
import { LABELS } from './labels.js';
import type { Stage } from './stage.js';

/** A run of the pathway: 16 bytes that the lead opens it with. */
function runOf(facts: Facts, step: string): string {
  return createHash('sha256').update(`${facts.canary} ${step}`).digest('hex').slice(0, 32);
}

function nationsOf(view: SettlementView | undefined): string {
  return view?.approvals.map(({ nation }) => nation).join(', ') ?? '';
}

/** The outcome event of a settled entry, as the lead's node names it. */
async function outcomeOf(stage: Stage, facts: Facts, settlement: string): Promise<string> {
  const view = await stage.testnet.api('AUS').settlement(settlement);
  const event = view.outcome?.event ?? '';
  facts.outcomes = new Map([...facts.outcomes, [settlement, event]]);
  return event;
}

/** Decision: settled by the consent of those whose data it uses, and by the quorum of four. */
export async function decide(stage: Stage, facts: Facts): Promise<void> {
  const { narrator } = stage;
  facts.decision = await stage.propose('AUS', {
    kind: 'decision',
    inputs: [facts.cue, facts.contribution, ...facts.tracks].map((id) => `${id}:cites`),
    label: LABELS.acting,
    reason: 'Board the vessel of interest before its transfer at sea',
    run: runOf(facts, 'decide'),
    step: 'decide',
  });
  narrator.step(
    "AUS's scripted officer proposed the decision; it awaits AUS, GBR and USA",
    'their data is used; JPN is not asked, since nothing of JPN is used',
  );
  await stage.approveAll(['GBR', 'USA', 'AUS'], facts.decision);
  const [view] = await stage.settled(facts.decision);
  await outcomeOf(stage, facts, facts.decision);
  narrator.step(
    `the decision settled on six nodes, approved by ${nationsOf(view)}, votes ${view?.signers.join(', ') ?? ''}`,
    'consent and quorum: neither can stand in for the other',
  );
}

/** Tasking of JPN's aircraft, with one voter killed while it is being settled. */
export async function task(stage: Stage, facts: Facts): Promise<void> {
  const { narrator, testnet } = stage;
  const decided = facts.outcomes.get(facts.decision) ?? '';
  await stage.held(decided, ['AUS', 'GBR', 'JPN', 'USA']);
  facts.tasking = await stage.propose('AUS', {
    kind: 'tasking',
    inputs: [`${decided}:cites`, `${facts.offer}:consumes`],
    label: LABELS.acting,
    reason: 'Shadow the vessel of interest and report every 15 minutes',
    asset: 'JPN P-1 patrol aircraft 05',
  });
  await stage.approve('JPN', facts.tasking);
  const before = testnet.node('USA').pid;
  await testnet.kill('USA');
  narrator.step(
    `USA's node (process ${String(before)}) was killed with SIGKILL while the tasking is open`,
    'four voters tolerate one that is gone',
  );
  await stage.approve('AUS', facts.tasking);
  await stage.settled(
    facts.tasking,
    CODES.filter((code) => code !== 'USA'),
  );
  narrator.step('the tasking settled without USA: JPN gave its aircraft, AUS leads');
  await testnet.restart('USA');
  const [view] = await stage.settled(facts.tasking, ['USA']);
  await outcomeOf(stage, facts, facts.tasking);
  const now = testnet.node('USA').pid;
  narrator.step(
    `USA's node is back (process ${String(now)}) and learned the tasking`,
    'nothing it had promised before is lost, and nothing is signed twice',
  );
  stage.checks.check(
    'a killed node catches up',
    view?.state === 'settled' && now !== before && now !== undefined,
    `USA: process ${String(before)} killed, ${String(now)} reports tasking settled`,
  );
}

/** JPN asks for what is not released to it. */
export async function refusedRead(stage: Stage, facts: Facts): Promise<void> {
  const asked = await stage.testnet.attempt('JPN', ['show', facts.cue]);
  const explained = await stage.explain('GBR', facts.cue, 'JPN');
  const denied = explained.decisions.find(
    ({ nation, outcome }) => nation === 'JPN' && outcome === 'deny',
  );
  const [reason] = denied?.reasons ?? [];
  stage.narrator.step(
    `JPN asked for GBR's cue and was refused (exit ${String(asked.code)})`,
    reason === undefined
      ? 'no reason was given'
      : `${reason.code}: ${reason.detail}; rule ${reason.rule}; authority ${reason.authority}; ` +
          `remedy: ${reason.remedy}`,
  );
  stage.checks.check(
    'a read is refused with its reason',
    asked.code === 1 &&
      reason !== undefined &&
      [reason.rule, reason.authority, reason.remedy].every((text) => text !== ''),
    `JPN show: exit ${String(asked.code)}; ${reason?.code ?? 'no reason'}: ${reason?.detail ?? ''}`,
  );
}

const MAJORITY: readonly Code[] = ['AUS', 'GBR', 'USA', 'CAN', 'NZL'];

/** Proposes what the cut will catch half-way: all consent but JPN's is given before it. */
async function prepareMinority(stage: Stage, facts: Facts): Promise<void> {
  const decided = facts.outcomes.get(facts.decision) ?? '';
  facts.minority = await stage.propose('AUS', {
    kind: 'tasking',
    inputs: [`${decided}:cites`, `${facts.secondOffer}:consumes`],
    label: LABELS.acting,
    reason: 'Relieve on station and cover the boarding',
    asset: 'JPN P-1 patrol aircraft 05, second slot',
  });
  await stage.approve('AUS', facts.minority);
  await stage.until('JPN was shown the second tasking with the consent of AUS', async () => {
    const view = await stage.testnet.api('JPN').settlement(facts.minority);
    const given = view.approvals.some(({ nation }) => nation === 'AUS');
    const readable = typeof view.outcome?.event === 'string';
    return given && readable ? { is: true } : { notYet: view.stateText };
  });
}

/** JPN on its own: it can speak and consent. */
async function actAlone(stage: Stage, facts: Facts): Promise<void> {
  facts.isolatedEvent = await stage.emit('JPN', {
    type: 'labelled-message',
    label: LABELS.acting,
    content: { text: 'Radar contact 3 nm north of the expected transfer point' },
  });
  await stage.approve('JPN', facts.minority);
  stage.narrator.step('cut off, JPN speaks and consents to its second tasking');
}

/** And it settles nothing: its node has noticed the cut, and says what it awaits. */
async function awaitAlone(stage: Stage, facts: Facts): Promise<void> {
  const api = stage.testnet.api('JPN');
  const reached = await stage.until("JPN's node noticed that it is cut off", async () => {
    const [view] = await api.operations();
    const voters = view?.connectedVoters ?? [];
    const seen = `voters reached: ${voters.join(', ')}`;
    return view !== undefined && voters.length < view.q ? { is: seen } : { notYet: seen };
  });
  const explained = await stage.explain('JPN', facts.minority);
  const { state, stateText } = await api.settlement(facts.minority);
  stage.narrator.step(
    `JPN's node explains: ${explained.state}; ${reached}`,
    explained.remedy ?? 'a minority settles nothing, so no two histories can come of a cut',
  );
  stage.checks.check(
    'the minority emits and does not settle',
    facts.isolatedEvent !== '' && state !== 'settled',
    `JPN emitted ${facts.isolatedEvent.slice(0, 12)}; ${state}: ${stateText}`,
  );
  const text = `${explained.state}; awaiting ${explained.awaiting.join(', ')}`;
  stage.checks.check('explain says what the minority awaits', /quorum/i.test(text), text);
}

async function settleWithout(stage: Stage, facts: Facts): Promise<void> {
  const decided = facts.outcomes.get(facts.decision) ?? '';
  const [attested] = facts.attested;
  const inputs = [facts.contribution, decided, ...(attested === undefined ? [] : [attested])];
  facts.majority = await stage.propose('AUS', {
    kind: 'decision',
    inputs: inputs.map((id) => `${id}:cites`),
    label: LABELS.acting,
    reason: 'Move the boarding forward by two hours',
    run: runOf(facts, 'advance'),
    step: 'advance',
  });
  await stage.approveAll(['USA', 'AUS'], facts.majority);
  await stage.settled(facts.majority, MAJORITY);
  await outcomeOf(stage, facts, facts.majority);
  stage.narrator.step(
    'the other five settled a third step meanwhile',
    'three of four voters suffice',
  );
}

/** Cuts JPN off at every link, lets both sides work, heals, and looks at what both then know. */
export async function partitionAndHeal(stage: Stage, facts: Facts): Promise<void> {
  const { checks, narrator, testnet } = stage;
  await prepareMinority(stage, facts);
  testnet.partition([MAJORITY, ['JPN']]);
  narrator.step('JPN was cut off at every link; both sides stay up');
  await actAlone(stage, facts);
  await settleWithout(stage, facts);
  await awaitAlone(stage, facts);
  const foreign = await testnet.attempt('AUS', ['show', facts.isolatedEvent]);
  const { bytesWhileCut, cut } = testnet.mesh.counters();
  checks.check(
    'nothing crosses a cut link',
    cut.length === 10 && bytesWhileCut === 0 && foreign.code !== 0,
    `${String(cut.length)} directions cut, ${String(bytesWhileCut)} bytes crossed them`,
  );
  testnet.heal();
  narrator.step('the links are restored');
  await stage.held(facts.isolatedEvent, ['AUS', 'GBR', 'USA']);
  await stage.settled(facts.majority, ['JPN']);
  const views = await stage.settled(facts.minority);
  await outcomeOf(stage, facts, facts.minority);
  narrator.step(
    "JPN's event arrived at the others, JPN learned what was settled without it, and the step " +
      'it had consented to alone settled on six nodes',
  );
  checks.check(
    'both sides agree after the heal',
    new Set(views.map(({ block, height }) => `${String(block)} ${String(height)}`)).size === 1,
    `in one block on ${String(views.length)} nodes, at height ${String(views[0]?.height)}`,
  );
}

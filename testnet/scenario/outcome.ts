import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogAuditView, NodeView, SettlementView } from '../../src/domain/views.js';
import { ententeProcess } from '../entente.js';
import { type Code, CODES } from '../nations.js';
import { isAlive } from '../process-table.js';
import { findCanary } from './canary.js';
import { exampleFile, type Facts } from './facts.js';
import { lineageFaults, type LineageNeed } from './lineage-view.js';
import type { Stage } from './stage.js';

/** What a nation's node answers at the end. */
export interface NationReport {
  readonly status: NodeView;
  readonly settled: readonly SettlementView[];
}

export type Reports = ReadonlyMap<Code, NationReport>;

async function reportOf(stage: Stage, code: Code): Promise<NationReport> {
  const api = stage.testnet.api(code);
  const [status, settlements] = await Promise.all([api.status(), api.settlements()]);
  const settled = settlements
    .filter(({ state }) => state === 'settled')
    .sort((a, b) => (a.height ?? 0) - (b.height ?? 0) || (a.id < b.id ? -1 : 1));
  return { status, settled };
}

/** Asks every node; nothing of it comes from the launcher's memory. One that is gone is left out. */
export async function reportsOf(stage: Stage): Promise<Reports> {
  const reports = new Map<Code, NationReport>();
  for (const code of CODES) {
    const report = await reportOf(stage, code).catch(() => undefined);
    if (report !== undefined) reports.set(code, report);
  }
  return reports;
}

function checkProcesses(stage: Stage, reports: Reports): void {
  const pids = CODES.map((code) => stage.testnet.node(code).pid);
  const alive = pids.filter((pid) => pid !== undefined && isAlive(pid));
  const told = CODES.map((code) => reports.get(code)?.status.pid);
  stage.checks.check(
    'six nodes are processes of their own and alive',
    new Set(alive).size === CODES.length && told.every((pid, i) => pid === pids[i]),
    CODES.map((code, i) => `${code} ${String(told[i])}`).join(', '),
  );
  const peers = CODES.map((code) => {
    const all = reports.get(code)?.status.peers ?? [];
    return new Set(all.filter(({ state }) => state === 'admitted').map(({ nation }) => nation))
      .size;
  });
  stage.checks.check(
    'every node found and admitted the five others',
    peers.every((count) => count === CODES.length - 1),
    CODES.map((code, i) => `${code} ${String(peers[i])}`).join(', '),
  );
}

function checkAgreement(stage: Stage, facts: Facts, reports: Reports): void {
  const wanted = [facts.decision, facts.tasking, facts.majority, facts.minority];
  const ids = CODES.map((code) => (reports.get(code)?.settled ?? []).map(({ id }) => id).join());
  const lead = reports.get('AUS')?.settled ?? [];
  stage.checks.check(
    'every nation reports the same settlements in the same order',
    new Set(ids).size === 1 && wanted.every((id) => lead.some((view) => view.id === id)),
    CODES.map((code) => `${code} ${String(reports.get(code)?.settled.length ?? 0)}`).join(', '),
  );
  const needed: Readonly<Record<string, readonly string[]>> = {
    [facts.decision]: ['AUS', 'GBR', 'USA'],
    [facts.tasking]: ['AUS', 'JPN'],
    [facts.majority]: ['AUS', 'USA'],
    [facts.minority]: ['AUS', 'JPN'],
  };
  const shown = lead.map((view) => ({
    id: view.id,
    approvals: [...new Set(view.approvals.map(({ nation }) => nation))].sort(),
    signers: view.signers.length,
  }));
  stage.checks.check(
    'each settlement carries the consent of exactly those whose data it uses, and a quorum',
    shown.every(
      ({ id, approvals, signers }) => approvals.join() === needed[id]?.join() && signers >= 3,
    ),
    shown.map(({ id, approvals }) => `${id.slice(0, 8)}: ${approvals.join(' ')}`).join('; '),
  );
}

/** Ids that a nation is not entitled to, and must not be able to name. */
function hiddenFrom(code: Code, facts: Facts): readonly string[] {
  if (code === 'JPN') return [facts.cue, facts.consent];
  const acting = [facts.contribution, facts.offer, facts.secondOffer, facts.isolatedEvent];
  if (code === 'CAN' || code === 'NZL') {
    return [...acting, facts.consent, ...facts.outcomes.values(), ...facts.attested.slice(0, 3)];
  }
  return [];
}

async function checkWithholding(stage: Stage, facts: Facts, reports: Reports): Promise<void> {
  const leaks: string[] = [];
  for (const code of CODES) {
    const listed = JSON.stringify(await stage.testnet.api(code).events({ limit: 10_000 }));
    leaks.push(
      ...hiddenFrom(code, facts)
        .filter((id) => listed.includes(id))
        .map((id) => `${code} names ${id.slice(0, 12)}`),
    );
    if (code === 'JPN' && listed.includes(facts.canary)) leaks.push('JPN reads the canary');
  }
  const withheld = reports.get('JPN')?.status.withheld ?? 0;
  stage.checks.check(
    'no node lists what is withheld from it',
    leaks.length === 0,
    leaks.length === 0 ? 'checked on six nodes' : leaks.join('; '),
  );
  stage.checks.check(
    'JPN counts what it is not shown',
    withheld > 0,
    `${String(withheld)} withheld`,
  );
}

async function checkCanary(stage: Stage, facts: Facts): Promise<void> {
  const { home, logFile, tapFile } = stage.testnet.layout('JPN');
  // AUS is entitled and keeps PHL's feed: what it may read lies sealed in its files all the same.
  const keeper = stage.testnet.layout('AUS').home;
  const places = [home, logFile, tapFile, exampleFile('phl-coastguard.nmea'), keeper];
  const { searched, found } = findCanary(facts.canary, places);
  const heard = statSync(tapFile).size;
  const shown = await Promise.all(
    (['GBR', 'USA', 'AUS'] as const).map(async (code) => {
      const event = await stage.testnet.api(code).event(facts.cue);
      return JSON.stringify(event.content).includes(facts.canary);
    }),
  );
  stage.checks.check(
    "GBR's words reach no file and no connection of JPN's node, nor a file that holds PHL's feed; the entitled read them",
    found.length === 0 && heard > 0 && shown.every(Boolean),
    `${String(searched)} files searched, ${String(heard)} bytes of JPN's connections before ` +
      `encryption among them; ${String(found.length)} hold it; GBR, USA, AUS show it`,
  );
}

async function checkLogs(stage: Stage): Promise<void> {
  const audits = await Promise.all(
    CODES.map(async (code) => {
      const answer = await stage.testnet.attempt(code, ['log', 'verify']);
      const view = answer.json as LogAuditView | undefined;
      return answer.code === 0 && view?.ok === true;
    }),
  );
  stage.checks.check(
    'every log verifies from disk',
    audits.every(Boolean),
    CODES.map((code, i) => `${code} ${audits[i] === true ? 'ok' : 'FAILED'}`).join(', '),
  );
}

/** What each reader is to see of the decision (the reader's table of the coalition model). */
function decisionNeed(code: Code, facts: Facts): LineageNeed {
  const common = { settlement: facts.decision, approvals: ['AUS', 'GBR', 'USA'] };
  const outcome = facts.outcomes.get(facts.decision) ?? '';
  const { cue, contribution, tracks } = facts;
  if (code === 'JPN') {
    const shown = [outcome, contribution, ...tracks];
    return { ...common, shown, hidden: [cue, facts.canary], withheld: ['input:GBR'] };
  }
  if (code === 'CAN' || code === 'NZL') {
    // The tracks are opened inside the outcome, since all its readers may read them; the cue has an
    // opening of its own, under its own label.
    const hidden = [outcome, contribution];
    const withheld = ['input:USA', 'input:AUS', 'outcome:AUS'];
    return { ...common, shown: [cue], hidden, withheld };
  }
  const shown = [outcome, cue, contribution, ...tracks];
  return { ...common, shown, hidden: [], withheld: [] };
}

async function checkLineage(stage: Stage, facts: Facts): Promise<void> {
  const faults: string[] = [];
  for (const code of CODES) {
    const lineage = await stage.testnet.api(code).lineage(facts.decision);
    const own = lineageFaults(lineage, decisionNeed(code, facts));
    faults.push(...own.map((fault) => `${code}: ${fault}`));
    if (code !== 'AUS') continue;
    const text = JSON.stringify(lineage);
    const missing = facts.objects.filter((object) => !text.includes(object));
    stage.checks.check(
      "the input's objects stand in the lineage",
      facts.objects.length > 0 && missing.length === 0,
      missing.length === 0 ? facts.objects.join(', ') : `missing: ${missing.join(', ')}`,
    );
  }
  stage.checks.check(
    'one decision, three lineages: each reader sees what is released to it',
    faults.length === 0,
    faults.length === 0 ? 'AUS GBR USA; JPN; CAN NZL' : faults.join('; '),
  );
}

/** Fetches every proof from every nation into its exports, and verifies each without a node. */
async function checkProofs(stage: Stage, reports: Reports): Promise<void> {
  const answers = await Promise.all(
    CODES.map(async (code) => {
      const { exports } = stage.testnet.layout(code);
      mkdirSync(exports, { recursive: true, mode: 0o700 });
      const results: { readonly file: string; readonly code: number }[] = [];
      for (const { id } of reports.get(code)?.settled ?? []) {
        const file = join(exports, `settlement-${id}.cbor`);
        writeFileSync(file, await stage.testnet.api(code).settlementBundle(id), { mode: 0o600 });
        const answer = await ententeProcess(['settle', 'verify', file], stage.signal);
        results.push({ file, code: answer.code });
      }
      const foreign = join(stage.testnet.layout(code === 'NZL' ? 'CAN' : 'NZL').home, 'roots');
      const root = join(foreign, `${code === 'NZL' ? 'CAN' : 'NZL'}.cred`);
      const [first] = results;
      const wrong =
        first === undefined
          ? -1
          : (await ententeProcess(['settle', 'verify', first.file, '--root', root], stage.signal))
              .code;
      return { code, results, wrong };
    }),
  );
  const verified = answers.flatMap(({ results }) => results).filter((one) => one.code === 0);
  const count = answers.reduce((sum, { results }) => sum + results.length, 0);
  stage.checks.check(
    'every proof that every nation exported verifies offline',
    verified.length === count && count >= 4 * CODES.length,
    `${String(verified.length)} of ${String(count)} files`,
  );
  stage.checks.check(
    "under another nation's root alone, no proof verifies",
    answers.every(({ wrong }) => wrong === 3 || wrong === 4),
    answers.map(({ code, wrong }) => `${code} exit ${String(wrong)}`).join(', '),
  );
}

/** Asserts the outcome from outside: each node's API, its files, and offline verification. */
export async function assertOutcome(stage: Stage, facts: Facts): Promise<Reports> {
  const reports = await reportsOf(stage);
  checkAgreement(stage, facts, reports);
  await checkWithholding(stage, facts, reports);
  await checkCanary(stage, facts);
  await checkLineage(stage, facts);
  await checkProofs(stage, reports);
  await checkLogs(stage);
  // Last: what is said of the processes holds when everything else was seen.
  const last = await reportsOf(stage);
  checkProcesses(stage, last);
  return last;
}

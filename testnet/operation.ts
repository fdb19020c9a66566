import { writeFileSync } from 'node:fs';
import { entente, refusalOf } from './entente.js';
import type { ActResult } from '../src/domain/views.js';
import { TestnetFailure } from './failure.js';
import type { Narrator } from './narrator.js';
import { CODES, ROLES } from './nations.js';
import { LABELS } from './scenario/labels.js';
import type { Testnet } from './testnet.js';
import { until } from './wait.js';

const DEADLINE_MS = 60_000;

export interface OperationContext {
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
}

/** The declaration as AUS's staff writes it; JSON is YAML. */
function declarationText(): string {
  const byTheLead = [{ part: 'lead', domain: 'operations' }];
  return JSON.stringify(
    {
      title: 'Maritime interdiction, Indo-Pacific',
      label: LABELS.mission,
      quorum: 'bft',
      participants: CODES.map((nation) => ({ nation, role: ROLES[nation] })),
      authorityMap: { decision: byTheLead, tasking: byTheLead, closure: byTheLead },
    },
    null,
    2,
  );
}

/** Waits until every node has found and admitted the five others. */
async function awaitMesh(testnet: Testnet, signal: AbortSignal): Promise<void> {
  const others = CODES.length - 1;
  const what = `every node has ${String(others)} admitted peers`;
  await until({ what, deadlineMs: DEADLINE_MS, signal }, async () => {
    const counts = await Promise.all(
      CODES.map(async (code) => {
        const peers = await testnet.api(code).peers();
        return peers.filter(({ state }) => state === 'admitted').length;
      }),
    );
    const seen = CODES.map((code, i) => `${code} ${String(counts[i])}`).join(', ');
    return counts.every((count) => count >= others) ? { is: true } : { notYet: seen };
  });
}

/** Declares once the participants' credentials have arrived here. */
async function declare(testnet: Testnet, signal: AbortSignal): Promise<string> {
  const file = testnet.layout('AUS').declarationFile;
  writeFileSync(file, declarationText(), { mode: 0o600 });
  const args = ['op', 'declare', file, ...testnet.layout('AUS').options];
  const what = 'AUS declares the operation';
  return until({ what, deadlineMs: DEADLINE_MS, signal, everyMs: 500 }, async () => {
    const answer = await entente(args, signal);
    const result = answer.json as Partial<ActResult> | undefined;
    if (answer.code === 0 && result?.declaration !== undefined) return { is: result.declaration };
    const refusal = refusalOf(answer);
    const why = refusal?.['detail'] ?? answer.stderr;
    // The partners' credentials are still on their way.
    if (refusal?.['code'] === 'NO_CREDENTIAL') return { notYet: why };
    throw new TestnetFailure('COMMAND_FAILED', `op declare: exit ${String(answer.code)}: ${why}`);
  });
}

/** Declares the operation and lets every nation accept it; answers its short id. */
export async function openOperation(testnet: Testnet, context: OperationContext): Promise<string> {
  const { narrator, signal } = context;
  await awaitMesh(testnet, signal);
  narrator.step(
    'every node found the five others',
    'each knew one living peer, behind a dead address: there is no hub',
  );
  const declaration = await declare(testnet, signal);
  narrator.step(
    `AUS declared the operation, digest ${declaration.slice(0, 12)}`,
    'lead AUS; GBR, JPN, USA supporting: four votes, one liar tolerated; CAN, NZL observing',
  );
  await Promise.all(
    CODES.map(async (code) => {
      const what = `${code} holds the declaration`;
      await until({ what, deadlineMs: DEADLINE_MS, signal }, async () => {
        const held = (await testnet.api(code).operations()).some(
          (view) => view.declaration === declaration,
        );
        return held ? { is: true } : { notYet: 'not there' };
      });
      await testnet.run(code, ['op', 'join', declaration]);
    }),
  );
  return awaitActive(testnet, declaration, context);
}

async function awaitActive(
  testnet: Testnet,
  declaration: string,
  { narrator, signal }: OperationContext,
): Promise<string> {
  const what = 'the operation is active on every node';
  const op = await until({ what, deadlineMs: DEADLINE_MS, signal }, async () => {
    const views = await Promise.all(
      CODES.map(async (code) =>
        (await testnet.api(code).operations()).find((view) => view.declaration === declaration),
      ),
    );
    const [first] = views;
    const active = views.every((view) => view?.state === 'active' && view.op === first?.op);
    const seen = CODES.map((code, i) => `${code} ${views[i]?.state ?? 'unknown'}`).join(', ');
    return active && first !== undefined ? { is: first.op } : { notYet: seen };
  });
  narrator.step(
    `six authorities accepted; operation ${op.slice(0, 12)} is active on six nodes`,
    'the id is computed from what was accepted, so nobody could be shown another operation',
  );
  return op;
}

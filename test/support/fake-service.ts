import type { ActSigner, NodeService } from '../../src/app/service.js';
import { err, ok } from '../../src/base/result.js';
import { toHex, utf8 } from '../../src/base/bytes.js';
import type { Lineage } from '../../src/domain/lineage.js';
import type { Refusal } from '../../src/domain/refusal.js';
import type { EventView, NodeView, SettlementView } from '../../src/domain/views.js';

export const EVENT_ID = 'e1'.repeat(32);
export const CORE_ID = 'c0'.repeat(32);
export const KID = 'ab'.repeat(32);

export function refusal(code: string, over: Partial<Refusal> = {}): Refusal {
  return {
    code,
    field: 'label',
    rule: 'REL-1',
    authority: 'AUS',
    detail: 'GBR is not in the release set',
    remedy: 'ask AUS for a release',
    ...over,
  };
}

const statusView: NodeView = {
  nation: 'AUS',
  nodeKid: KID,
  peerId: '12D3',
  addresses: ['/ip4/127.0.0.1/tcp/4001'],
  pid: 1,
  startedMs: 1,
  events: 3,
  withheld: 1,
  log: { size: 3, root: '00'.repeat(32) },
  heads: [{ nation: 'GBR', size: 4, root: '11'.repeat(32), held: 3, withheld: 1 }],
  peers: [
    { peerId: '12D4', nation: 'GBR', state: 'admitted', addresses: [], lastVerifiedMs: null },
  ],
  operations: [],
};

export function eventView(over: Partial<EventView> = {}): EventView {
  return {
    id: EVENT_ID,
    op: '00'.repeat(16),
    nation: 'AUS',
    subject: 'AUS/node/one',
    author: KID,
    seq: 0,
    type: 'observation',
    role: 'lead',
    timeMs: 1_700_000_000_000,
    receivedMs: 1_700_000_000_001,
    arrival: 0,
    label: 'OPEN',
    labelDigest: '22'.repeat(32),
    sealed: false,
    content: { text: 'hello' },
    contentType: 'text/plain',
    parents: [],
    leafIndex: 0,
    anchored: true,
    precedence: 'routine',
    recordBytes: 363,
    ...over,
  };
}

export function settlementView(over: Partial<SettlementView> = {}): SettlementView {
  return {
    id: CORE_ID,
    op: '01'.repeat(16),
    kind: 'decision',
    state: 'awaiting-approval',
    stateText: 'awaiting GBR approval',
    proposer: 'AUS',
    inputs: [],
    outcome: null,
    approvals: [],
    awaiting: ['GBR'],
    refusals: [],
    entryId: null,
    height: null,
    epoch: null,
    view: null,
    block: null,
    signers: [],
    settledMs: null,
    ...over,
  };
}

const lineage: Lineage = {
  root: EVENT_ID,
  nodes: [
    { kind: 'withheld', id: 'w1', by: null, part: 'input' },
    {
      kind: 'event',
      id: EVENT_ID as never,
      type: 'track',
      nation: 'AUS' as never,
      role: 'lead',
      grade: 'A',
      opened: true,
      summary: 'a "quoted" track',
      timeMs: 1,
    },
  ],
  edges: [{ from: 'w1', to: EVENT_ID, relation: 'derived-from' }],
  grade: 'A',
};

/** How many signatures each act asks for. Zero ends at once. */
const SIGNATURES = 2;

async function signTwice(signer: ActSigner): Promise<readonly string[]> {
  const events: string[] = [];
  for (let i = 0; i < SIGNATURES; i++) {
    const signature = await signer.sign(utf8(`message ${String(i)}`), [`statement ${String(i)}`]);
    events.push(toHex(signature).slice(0, 8));
  }
  return events;
}

export interface FakeService extends NodeService {
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[];
}

/** A service in memory that answers with fixed views and records what it was asked. */
export function fakeService(over: Partial<NodeService> = {}): FakeService {
  const calls: FakeService['calls'] = [];
  const note = (name: string, ...args: readonly unknown[]): void => {
    calls.push({ name, args });
  };
  const base: NodeService = {
    status: async () => statusView,
    peers: () => statusView.peers,
    addPeer: async (address) =>
      address.startsWith('/') ? ok(null) : err(refusal('BAD_ADDRESS', { field: 'address' })),
    topics: () => [],
    emit: async (request) => {
      note('emit', request);
      return request.label === 'OPEN'
        ? ok(eventView({ type: request.type }))
        : err(refusal('NO_RELEASE'));
    },
    ingest: async (request) => {
      note('ingest', request);
      const lines = request.text.split('\n').filter((line) => line !== '');
      return ok({
        sentences: lines.length,
        reports: lines.filter((line) => line.startsWith('!')).length,
        events: lines.filter((line) => line.startsWith('!')).map(() => EVENT_ID),
        skipped: lines.flatMap((text, i) =>
          text.startsWith('!') ? [] : [{ line: i + 1, reason: 'not a sentence', text }],
        ),
      });
    },
    event: async (id) => (id === EVENT_ID ? eventView() : undefined),
    absence: (id) => ({
      code: 'NOT_FOUND',
      field: 'id',
      rule: 'the node answers about what it holds and may show',
      authority: 'node',
      detail: `no event ${id} is known here`,
      remedy: 'check the id',
    }),
    events: async (query) => {
      note('events', query);
      return [eventView()];
    },
    explain: async (id, nation) => {
      note('explain', id, nation);
      return id === EVENT_ID
        ? {
            id,
            kind: 'event',
            state: 'not released to GBR',
            decisions: [
              {
                nation: nation ?? 'GBR',
                act: 'receive',
                outcome: 'deny',
                reasons: [refusal('NO_RELEASE')],
                rules: [],
              },
            ],
            awaiting: [],
            remedy: 'ask AUS',
          }
        : undefined;
    },
    operations: () => [],
    settlements: async () => [settlementView()],
    settlement: async (id) => (id === CORE_ID ? settlementView() : undefined),
    settlementBundle: async (id) => (id === CORE_ID ? Uint8Array.of(1, 2, 3) : undefined),
    lineage: async (id) => (id === EVENT_ID ? lineage : undefined),
    auditLog: async () => ({ ok: true, nations: [], findings: [] }),
    act: async (request, signer) => {
      note('act', request, signer.kid);
      if (request.act === 'approve' && request.settlement !== CORE_ID) {
        return err(refusal('UNKNOWN_SETTLEMENT', { field: 'settlement' }));
      }
      return ok({ events: await signTwice(signer) });
    },
  };
  return { ...base, ...over, calls };
}

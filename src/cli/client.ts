import type { Lineage } from '../domain/lineage.js';
import type { Refusal } from '../domain/refusal.js';
import type { ActBody, EmitBody, Problem, StartActBody } from '../domain/requests.js';
import type {
  ActView,
  EventView,
  ExplainView,
  IngestView,
  LogAuditView,
  NodeView,
  OperationView,
  PeerView,
  SettlementView,
  TopicView,
} from '../domain/views.js';
import { readApiAccess } from '../node/api-files.js';
import { homeAt } from '../node/home.js';
import { RefusalError, refuse } from '../node/refusal-error.js';

/** Query values; absent ones are left out. */
type Query = Readonly<Record<string, string | number | undefined>>;

export type ActStepView = ActView & { readonly id: string };

interface Body {
  readonly type: string;
  readonly text: string;
}

function notRunning(home: string, detail: string): RefusalError {
  return refuse('NOT_RUNNING', 'node', {
    rule: 'this verb asks the running node of the nation',
    detail,
    remedy: `entente node run --home ${home}`,
  });
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'rule' in value;
}

/** Why the network call itself failed, such as ECONNREFUSED. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.message : String(error);
}

/** The API of the running node of one nation, on loopback, with the token from its home folder. */
export class ApiClient {
  readonly #home: string;
  readonly #base: string;
  readonly #token: string;

  private constructor(home: string, base: string, token: string) {
    this.#home = home;
    this.#base = base;
    this.#token = token;
  }

  /** Refuses with `NOT_RUNNING` when no node has written its place into the home. */
  static at(home: string): ApiClient {
    const access = readApiAccess(homeAt(home));
    if (access === undefined) throw notRunning(home, `no node runs in ${home}`);
    const host = access.host.includes(':') ? `[${access.host}]` : access.host;
    return new ApiClient(home, `http://${host}:${String(access.port)}`, access.token);
  }

  async #call(method: string, path: string, query: Query = {}, body?: Body): Promise<Response> {
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(body === undefined ? {} : { 'content-type': body.type }),
    };
    let response: Response;
    try {
      const init = { method, headers, redirect: 'error' as const };
      response = await fetch(url, body === undefined ? init : { ...init, body: body.text });
    } catch (error) {
      throw notRunning(this.#home, `the node does not answer at ${url.host}: ${causeOf(error)}`);
    }
    if (response.ok) return response;
    throw new RefusalError(await this.#refusalOf(response));
  }

  async #refusalOf(response: Response): Promise<Refusal> {
    const value: unknown = await response.json().catch(() => undefined);
    if (!isProblem(value)) {
      return notRunning(this.#home, `no node answered, but HTTP ${String(response.status)}`)
        .refusal;
    }
    const { code, field, rule, authority, detail, remedy } = value;
    return { code, field, rule, authority, detail, remedy };
  }

  async #get<T>(path: string, query?: Query): Promise<T> {
    return (await (await this.#call('GET', path, query)).json()) as T;
  }

  async #post<T>(path: string, value: unknown): Promise<T> {
    const body = { type: 'application/json', text: JSON.stringify(value) };
    return (await (await this.#call('POST', path, {}, body)).json()) as T;
  }

  status(): Promise<NodeView> {
    return this.#get('/v1/status');
  }

  peers(): Promise<readonly PeerView[]> {
    return this.#get('/v1/peers');
  }

  addPeer(address: string): Promise<{ readonly address: string }> {
    return this.#post('/v1/peers', { address });
  }

  topics(): Promise<readonly TopicView[]> {
    return this.#get('/v1/topics');
  }

  operations(): Promise<readonly OperationView[]> {
    return this.#get('/v1/operations');
  }

  events(query: Query = {}): Promise<readonly EventView[]> {
    return this.#get('/v1/events', query);
  }

  event(id: string): Promise<EventView> {
    return this.#get(`/v1/events/${id}`);
  }

  emit(event: EmitBody): Promise<EventView> {
    return this.#post('/v1/events', event);
  }

  explain(id: string, nation?: string): Promise<ExplainView> {
    return this.#get(`/v1/explain/${id}`, { nation });
  }

  async ingest(format: string, text: string, query: Query): Promise<IngestView> {
    const body = { type: 'text/plain; charset=utf-8', text };
    const response = await this.#call('POST', `/v1/ingest/${format}`, query, body);
    return (await response.json()) as IngestView;
  }

  settlements(op?: string): Promise<readonly SettlementView[]> {
    return this.#get('/v1/settlements', { op });
  }

  settlement(id: string): Promise<SettlementView> {
    return this.#get(`/v1/settlements/${id}`);
  }

  async settlementBundle(id: string): Promise<Uint8Array> {
    const response = await this.#call('GET', `/v1/settlements/${id}/bundle`);
    return new Uint8Array(await response.arrayBuffer());
  }

  lineage(id: string): Promise<Lineage> {
    return this.#get(`/v1/lineage/${id}`);
  }

  async lineageDot(id: string): Promise<string> {
    return (await this.#call('GET', `/v1/lineage/${id}`, { format: 'dot' })).text();
  }

  auditLog(): Promise<LogAuditView> {
    return this.#get('/v1/log/verify');
  }

  startAct(request: ActBody, kid: string): Promise<ActStepView> {
    return this.#post('/v1/acts', { request, kid } satisfies StartActBody);
  }

  signAct(id: string, signature: string): Promise<ActStepView> {
    return this.#post(`/v1/acts/${id}/signature`, { signature });
  }

  async abandonAct(id: string): Promise<void> {
    await this.#call('DELETE', `/v1/acts/${id}`);
  }
}

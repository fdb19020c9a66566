import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Fastify from 'fastify';
import type { NodeService } from '../app/service.js';
import type { Refusal } from '../domain/refusal.js';
import type { Timers } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { Entropy } from '../ports/entropy.js';
import { Acts } from './acts.js';
import { checkHost, checkOrigin, checkToken } from './guard.js';
import { apiRefusal, problemOf, ProblemError } from './problem.js';
import { actRoutes } from './routes/acts.js';
import { eventRoutes } from './routes/events.js';
import { nodeRoutes } from './routes/node.js';
import { settlementRoutes } from './routes/settlements.js';

/** What the HTTP door is made of. */
export interface ApiParts {
  readonly service: NodeService;
  /** Bearer token of this start of the node. */
  readonly token: string;
  readonly timers: Timers;
  readonly entropy: Entropy;
  readonly log: Pick<Logger, 'error'>;
  /** Host names besides loopback, when the configuration opens the API to another address. */
  readonly hosts?: readonly string[];
}

/** JSON bodies are small; only a feed to ingest is large. */
const BODY_BYTES_MAX = 1024 * 1024;

const TEXT: Readonly<Record<string, { code: string; rule: string; remedy: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'TOO_LARGE',
    rule: 'a body has a largest size',
    remedy: 'send less at once',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'MALFORMED',
    rule: 'bodies are application/json, feeds text/plain',
    remedy: 'set the Content-Type',
  },
};

/** Refusal of an error that a route did not name: the client's if it is a 4xx of the HTTP layer. */
function refusalOf(error: FastifyError | ProblemError): Refusal {
  if (error instanceof ProblemError) return error.refusal;
  const known = TEXT[error.code];
  if (known !== undefined) {
    return apiRefusal(known.code, 'body', { ...known, detail: error.message });
  }
  const client = error.statusCode !== undefined && error.statusCode < 500;
  return client
    ? apiRefusal('MALFORMED', 'body', {
        rule: 'a request is well-formed HTTP and JSON',
        detail: error.message,
        remedy: 'correct the request',
      })
    : apiRefusal('FAULT', 'node', {
        rule: 'the node answers every well-formed request',
        detail: 'the node failed on this request; its log says how',
        remedy: "see the node's log",
      });
}

function sendProblem(reply: FastifyReply, refusal: Refusal, status?: number): FastifyReply {
  const problem = problemOf(refusal);
  const answer = status === undefined ? problem : { ...problem, status };
  // As bytes: the media type has no charset parameter.
  const bytes = Buffer.from(JSON.stringify(answer));
  return reply.code(answer.status).type('application/problem+json').send(bytes);
}

function guard(app: FastifyInstance, parts: ApiParts): void {
  const hosts = parts.hosts ?? [];
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    void reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    checkHost(request.headers.host, hosts);
    checkOrigin(request.headers.origin, hosts);
    const open = request.routeOptions.url === '/health' || request.routeOptions.url === '/ready';
    if (!open) checkToken(request.headers.authorization, parts.token);
  });
}

function answerErrors(app: FastifyInstance, log: ApiParts['log']): void {
  app.setErrorHandler((error: FastifyError | ProblemError, _request, reply) => {
    const refusal = refusalOf(error);
    const fault = refusal.code === 'FAULT';
    if (fault) log.error('a request failed', { error: error.stack ?? error.message });
    return sendProblem(reply, refusal, fault ? 500 : undefined);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      apiRefusal('NOT_FOUND', 'path', {
        rule: 'the API has the routes under /v1, /health and /ready',
        detail: `no route ${request.method} ${request.url.split('?', 1)[0] ?? ''}`,
        remedy: 'check the path and the method',
      }),
    ),
  );
}

/**
 * The HTTP door of a node: one route per call of its service, loopback, bearer token, strict
 * bodies, refusals as problem details (RFC 9457). Not yet listening.
 */
export function createApi(parts: ApiParts): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 128 },
  });
  const acts = new Acts(parts);
  app.addHook('preClose', async () => acts.close());
  guard(app, parts);
  answerErrors(app, parts.log);
  nodeRoutes(app, parts.service);
  eventRoutes(app, parts.service);
  settlementRoutes(app, parts.service);
  actRoutes(app, acts);
  return app;
}

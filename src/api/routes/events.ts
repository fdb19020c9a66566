import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { NodeService } from '../../app/service.js';
import type { EventId } from '../../domain/ids.js';
import { ProblemError } from '../problem.js';
import { emitSchema, eventQuery, ingestQuery } from '../schemas/event.js';
import { parse } from '../schemas/parse.js';
import { hexId, nationCode, oneOf } from '../schemas/values.js';

/** A feed file of a day fits; more comes in parts. */
export const INGEST_BYTES_MAX = 64 * 1024 * 1024;

const eventParams = z.strictObject({ id: hexId<EventId>() });
const anyParams = z.strictObject({ id: hexId() });
const explainQuery = z.strictObject({ nation: nationCode.exactOptional() });
const formatParams = z.strictObject({ format: oneOf(['ais', 'cot']) });
const feedText = z.string();

/** Events: list, publish, show, explain, and feeds to take in. */
export function eventRoutes(app: FastifyInstance, service: NodeService): void {
  app.get('/v1/events', async (request) => service.events(parse(eventQuery, request.query)));
  app.post('/v1/events', async (request, reply) => {
    const emitted = await service.emit(parse(emitSchema, request.body));
    if (!emitted.ok) throw new ProblemError(emitted.error);
    return reply.code(201).send(emitted.value);
  });
  app.get('/v1/events/:id', async (request) => {
    const { id } = parse(eventParams, request.params);
    return (await service.event(id)) ?? Promise.reject(new ProblemError(service.absence(id)));
  });
  app.get('/v1/explain/:id', async (request) => {
    const { id } = parse(anyParams, request.params);
    const { nation } = parse(explainQuery, request.query);
    const explained = await service.explain(id, nation);
    return explained ?? Promise.reject(new ProblemError(service.absence(id)));
  });
  app.post('/v1/ingest/:format', { bodyLimit: INGEST_BYTES_MAX }, async (request) => {
    const { format } = parse(formatParams, request.params);
    const query = parse(ingestQuery, request.query);
    const text = parse(feedText, request.body ?? '');
    const taken = await service.ingest({ format, text, ...query });
    if (!taken.ok) throw new ProblemError(taken.error);
    return taken.value;
  });
}

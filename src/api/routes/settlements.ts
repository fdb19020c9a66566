import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { NodeService } from '../../app/service.js';
import type { CoreId, Op } from '../../domain/ids.js';
import { lineageDot } from '../lineage-dot.js';
import { notFound } from '../problem.js';
import { parse } from '../schemas/parse.js';
import { hexId, oneOf } from '../schemas/values.js';

export const BUNDLE_TYPE = 'application/vnd.entente.settlement+cbor';

const coreParams = z.strictObject({ id: hexId<CoreId>() });
const anyParams = z.strictObject({ id: hexId() });
const opQuery = z.strictObject({ op: hexId<Op>(16).exactOptional() });
const formatQuery = z.strictObject({ format: oneOf(['json', 'dot']).exactOptional() });

/** Settlements, their offline proofs, and lineage. */
export function settlementRoutes(app: FastifyInstance, service: NodeService): void {
  app.get('/v1/settlements', async (request) =>
    service.settlements(parse(opQuery, request.query).op),
  );
  app.get('/v1/settlements/:id', async (request) => {
    const { id } = parse(coreParams, request.params);
    return (await service.settlement(id)) ?? Promise.reject(notFound('settlement', id));
  });
  app.get('/v1/settlements/:id/bundle', async (request, reply) => {
    const { id } = parse(coreParams, request.params);
    const bytes = await service.settlementBundle(id);
    if (bytes === undefined) throw notFound('settled entry', id);
    return reply.type(BUNDLE_TYPE).send(Buffer.from(bytes));
  });
  app.get('/v1/lineage/:id', async (request, reply) => {
    const { id } = parse(anyParams, request.params);
    const { format } = parse(formatQuery, request.query);
    const lineage = await service.lineage(id);
    if (lineage === undefined) throw notFound('event or settlement', id);
    if (format !== 'dot') return lineage;
    return reply.type('text/vnd.graphviz; charset=utf-8').send(lineageDot(lineage));
  });
}

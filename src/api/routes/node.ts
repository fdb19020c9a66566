import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { NodeService } from '../../app/service.js';
import { ProblemError } from '../problem.js';
import { parse } from '../schemas/parse.js';
import { line } from '../schemas/values.js';

const peerSchema = z.strictObject({ address: line(1024) });

/** Health, status, peers, topics, operations and the audit of the log. */
export function nodeRoutes(app: FastifyInstance, service: NodeService): void {
  app.get('/health', async () => ({ ok: true }));
  app.get('/ready', async () => {
    await service.status();
    return { ready: true };
  });
  app.get('/v1/status', async () => service.status());
  app.get('/v1/peers', async () => service.peers());
  app.post('/v1/peers', async (request, reply) => {
    const { address } = parse(peerSchema, request.body);
    const added = await service.addPeer(address);
    if (!added.ok) throw new ProblemError(added.error);
    return reply.code(201).send({ address });
  });
  app.get('/v1/topics', async () => service.topics());
  app.get('/v1/operations', async () => service.operations());
  app.get('/v1/log/verify', async () => service.auditLog());
}

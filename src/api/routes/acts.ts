import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Acts } from '../acts.js';
import { signatureSchema, startActSchema } from '../schemas/act.js';
import { parse } from '../schemas/parse.js';
import { hexId } from '../schemas/values.js';

const actParams = z.strictObject({ id: hexId(16) });

/**
 * Human acts: a start answers with what to sign, each signature with the next step. A refused act
 * is an answer of the conversation (`state: 'refused'`), not a failed request.
 */
export function actRoutes(app: FastifyInstance, acts: Acts): void {
  app.post('/v1/acts', async (request) => {
    const { request: act, kid } = parse(startActSchema, request.body);
    return acts.start(act, kid);
  });
  app.post('/v1/acts/:id/signature', async (request) => {
    const { id } = parse(actParams, request.params);
    return acts.answer(id, parse(signatureSchema, request.body).signature);
  });
  app.delete('/v1/acts/:id', async (request, reply) => {
    acts.abandon(parse(actParams, request.params).id);
    return reply.code(204).send();
  });
}

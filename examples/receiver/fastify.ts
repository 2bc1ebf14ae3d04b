import { createReceiver, memorySeen, type WebhookHandler } from 'basset-hound-webhooks/receiver';
import Fastify, { type FastifyInstance } from 'fastify';

/** A Fastify server that takes webhooks at POST /hook. */
export function fastifyReceiver(secret: string, handler: WebhookHandler): FastifyInstance {
  const receiver = createReceiver({ secrets: [secret], seen: memorySeen() });
  const app = Fastify({ bodyLimit: 2 ** 21 });
  app.register(async (hooks) => {
    // The signature covers the bytes, so in this scope the body stays as it came.
    hooks.removeAllContentTypeParsers();
    hooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    hooks.post<{ Body: Buffer }>('/hook', async ({ headers, body }, reply) => {
      const answer = await receiver.handle({ headers, body }, handler);
      return reply.code(answer.status).send(answer.body ?? undefined);
    });
  });
  return app;
}

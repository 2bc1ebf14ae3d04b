import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WebhooksModule, WebhookService, type Neo4jConnection } from '../src/index.js';

/** A Nest application that has nothing of its own but the webhooks. */
export interface Embedding {
  readonly webhooks: WebhookService;
  close(): Promise<void>;
}

/** Another Basset Hound module, as it were: no HTTP, the service injected, the same graph. */
export async function embed(neo4j: Neo4jConnection, secretsKey: string): Promise<Embedding> {
  @Module({
    imports: [
      WebhooksModule.forRoot({
        ...{ neo4j, secretsKeys: [secretsKey], allowedNetworks: ['127.0.0.0/8'] },
        controllers: false,
      }),
    ],
  })
  class EmbeddingModule {}

  const app = await NestFactory.createApplicationContext(EmbeddingModule, { logger: ['error'] });
  return { webhooks: app.get(WebhookService), close: () => app.close() };
}

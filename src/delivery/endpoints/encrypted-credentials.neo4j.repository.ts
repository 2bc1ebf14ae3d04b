import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { text, textOrNull } from '../../neo4j/row.js';
import {
  FIND_OUTDATED,
  FORGET_CREATIONS,
  FORGET_EXPIRED_SECRETS,
  REPLACE_SEALED,
} from './encrypted-credentials.cypher.js';
import {
  EncryptedCredentialsRepository,
  type ResealedWebhook,
  type SealedWebhook,
} from './encrypted-credentials.repository.js';

@Injectable()
export class Neo4jEncryptedCredentialsRepository extends EncryptedCredentialsRepository {
  constructor(private readonly graph: Neo4jGraph) {
    super();
  }

  override async findOutdated(prefix: string, after: string, limit: number): Promise<SealedWebhook[]> {
    const found = await this.graph.read(FIND_OUTDATED, { prefix, after, limit });
    return found.map((row) => ({
      id: text(row, 'id'),
      values: {
        secret: textOrNull(row, 'secret'),
        previousSecret: textOrNull(row, 'previous_secret'),
        headers: textOrNull(row, 'headers'),
        formatSecrets: textOrNull(row, 'format_secrets'),
      },
    }));
  }

  override async replace(webhooks: readonly ResealedWebhook[]): Promise<void> {
    const rows = webhooks.map(({ id, values, replacements }) => ({
      id,
      secret: values.secret,
      new_secret: replacements.secret,
      previous_secret: values.previousSecret,
      new_previous_secret: replacements.previousSecret,
      headers: values.headers,
      new_headers: replacements.headers,
      format_secrets: values.formatSecrets,
      new_format_secrets: replacements.formatSecrets,
    }));
    await this.graph.write(REPLACE_SEALED, { rows });
  }

  override async forgetExpired(now: string, aDayAgo: string): Promise<void> {
    await this.graph.write(FORGET_EXPIRED_SECRETS, { now });
    await this.graph.write(FORGET_CREATIONS, { before: aDayAgo });
  }
}

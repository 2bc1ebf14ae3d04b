import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { text, textOrNull } from '../../neo4j/row.js';
import {
  FIND_OUTDATED,
  FORGET_CREATIONS,
  FORGET_EXPIRED_SECRETS,
  REPLACE_SEALED,
} from './endpoint.cypher.js';

/** What a webhook has encrypted; null = it has none of it. */
export interface SealedValues {
  readonly secret: string | null;
  readonly previousSecret: string | null;
  readonly headers: string | null;
  /** The true URL and the secret options of its format. */
  readonly formatSecrets: string | null;
}

/** The encrypted values of one webhook, as they were read. */
export interface SealedWebhook {
  readonly id: string;
  readonly values: SealedValues;
}

/** The same, and what is to take their place. */
export interface ResealedWebhook extends SealedWebhook {
  readonly replacements: SealedValues;
}

/** The encrypted values in the graph, as they lie there. */
@Injectable()
export class EncryptedCredentialsRepository {
  constructor(private readonly graph: Neo4jGraph) {}

  /** Webhooks after `after`, by id, with a value that does not begin with `prefix`; null is no value. */
  async findOutdated(prefix: string, after: string, limit: number): Promise<SealedWebhook[]> {
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

  /** Replaces the values that are still the ones that were read. */
  async replace(webhooks: readonly ResealedWebhook[]): Promise<void> {
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

  /** Removes former secrets whose time is over, and keys under which webhooks were created longer than a day ago. */
  async forgetExpired(now: string, aDayAgo: string): Promise<void> {
    await this.graph.write(FORGET_EXPIRED_SECRETS, { now });
    await this.graph.write(FORGET_CREATIONS, { before: aDayAgo });
  }
}

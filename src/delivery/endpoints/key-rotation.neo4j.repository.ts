import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import { tellUnlessAway } from '../../neo4j/graph-errors.js';
import { SecretCipher } from '../sending/secret-cipher.js';
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

/** Webhooks read and written at once. */
const BATCH = 200;
const DAY_MS = 24 * 3600 * 1000;

/** Of the values of a webhook: how many were encrypted anew, and how many no listed key opens. */
interface Tally {
  renewed: number;
  locked: number;
}

/**
 * After a change of SECRETS_KEY encrypts at the start, with the first key, whatever another one has encrypted; then the
 * others can be dropped. Only the values change and not what they say: other instances need not read the webhooks again,
 * and two that do this at once do it only twice.
 */
@Injectable()
export class KeyRotation implements OnApplicationBootstrap {
  private readonly logger = new Logger(KeyRotation.name);

  constructor(
    private readonly repository: EncryptedCredentialsRepository,
    private readonly cipher: SecretCipher,
    private readonly clock: Clock,
  ) {}

  /** A failure is tried again at the next start: until then the other keys go on to decrypt. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      const now = this.clock.now();
      await this.repository.forgetExpired(toTimestamp(now), toTimestamp(now - DAY_MS));
      this.report(await this.renewAll());
    } catch (error) {
      tellUnlessAway(this.logger, 'Secrets could not be encrypted anew', error);
    }
  }

  private async renewAll(): Promise<Tally> {
    const tally: Tally = { renewed: 0, locked: 0 };
    for (let after = ''; ;) {
      const found = await this.repository.findOutdated(this.cipher.currentPrefix, after, BATCH);
      const renewed = found.map(({ id, values }): ResealedWebhook => {
        return { id, values, replacements: this.renewValues(values, tally) };
      });
      if (renewed.length > 0) await this.repository.replace(renewed);
      after = found.at(-1)?.id ?? after;
      if (found.length < BATCH) return tally;
    }
  }

  private renewValues(values: SealedValues, tally: Tally): SealedValues {
    const { secret, previousSecret, headers, formatSecrets } = values;
    return {
      secret: this.renew(secret, tally),
      previousSecret: this.renew(previousSecret, tally),
      headers: this.renew(headers, tally),
      formatSecrets: this.renew(formatSecrets, tally),
    };
  }

  private renew(sealed: string | null, tally: Tally): string | null {
    if (sealed === null || sealed.startsWith(this.cipher.currentPrefix)) return sealed;
    try {
      const renewed = this.cipher.encrypt(this.cipher.decrypt(sealed));
      tally.renewed += 1;
      return renewed;
    } catch {
      tally.locked += 1;
      return sealed;
    }
  }

  private report({ renewed, locked }: Tally): void {
    if (renewed > 0)
      this.logger.log(`Encrypted ${renewed} secrets, headers and URLs anew, with the first SECRETS_KEY`);
    if (locked > 0) this.logger.warn(`${locked} secrets and headers need a SECRETS_KEY that is not listed`);
  }
}

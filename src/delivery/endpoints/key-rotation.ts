import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import { tellUnlessAway } from '../../neo4j/graph-errors.js';
import { SecretCipher } from '../sending/secret-cipher.js';
import {
  EncryptedCredentialsRepository,
  type ResealedWebhook,
  type SealedValues,
} from './encrypted-credentials.neo4j.repository.js';

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

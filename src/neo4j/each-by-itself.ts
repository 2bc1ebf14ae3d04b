import type { LoggerService } from '@nestjs/common';
import { GraphUnavailableError } from './graph-errors.js';

/** Ids that the log has spoken of are remembered up to here. */
const MAX_TOLD = 10_000;

/**
 * Does the same for each of several webhooks, or what else has an id. What fails for one of them, because somebody has spoiled its record,
 * holds up no other, and the log tells of it once.
 */
export class EachByItself {
  private readonly told = new Set<string>();

  /** @param trouble what a failure is called in the log, before the id */
  constructor(
    private readonly logger: Pick<LoggerService, 'error'>,
    private readonly trouble: string,
  ) {}

  /** @throws GraphUnavailableError, for that concerns all of them */
  async do<T>(
    items: readonly T[],
    idOf: (item: T) => string,
    work: (item: T) => Promise<unknown>,
  ): Promise<void> {
    for (const item of items) {
      try {
        await work(item);
        this.told.delete(idOf(item));
      } catch (error) {
        if (error instanceof GraphUnavailableError && !error.othersCouldWrite) throw error;
        this.tell(idOf(item), error);
      }
    }
  }

  private tell(id: string, error: unknown): void {
    if (this.told.has(id) || this.told.size >= MAX_TOLD) return;
    this.told.add(id);
    this.logger.error(`${this.trouble} ${id}: ${String(error)}`);
  }
}

export const byWebhook = ({ webhookId }: { readonly webhookId: string }): string => webhookId;

import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';

/** Says at the start, once, who may call an API that has no keys. */
@Injectable()
export class OpenDoorNotice implements OnApplicationBootstrap {
  private readonly logger = new Logger('Access');

  constructor(@Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions) {}

  onApplicationBootstrap(): void {
    const { apiKeys, allowAnonymous } = this.options;
    if (apiKeys.length > 0) return;
    const who = allowAnonymous
      ? 'everybody who reaches it may call it, unless the application has guards of its own'
      : 'only programs on this machine may call it';
    this.logger.warn(
      `The webhooks API has no API keys: ${who}. Set API_KEYS (option apiKeys) to ask for one.`,
    );
  }
}

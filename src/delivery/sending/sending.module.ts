import { HttpModule } from '@nestjs/axios';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Agent } from 'undici';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { DestinationGuard } from './destination-guard.js';
import { createOutboundAgent } from './outbound-agent.js';
import { SecretCipher } from './secret-cipher.js';
import { Sender } from './sender.js';
import { undiciAdapter } from './undici.adapter.js';

const OUTBOUND_AGENT = Symbol('OUTBOUND_AGENT');

@Module({
  providers: [
    DestinationGuard,
    {
      provide: OUTBOUND_AGENT,
      useFactory: ({ policy }: DestinationGuard, options: WebhooksOptions): Agent =>
        createOutboundAgent(policy, options.deliveryTimeoutSeconds * 1000),
      inject: [DestinationGuard, WEBHOOKS_OPTIONS],
    },
  ],
  exports: [DestinationGuard, OUTBOUND_AGENT],
})
class OutboundModule implements OnApplicationShutdown {
  constructor(@Inject(OUTBOUND_AGENT) private readonly agent: Agent) {}

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }
}

/** The way out: signs, guards and sends. */
@Module({
  imports: [
    OutboundModule,
    HttpModule.registerAsync({
      imports: [OutboundModule],
      inject: [OUTBOUND_AGENT],
      useFactory: (agent: Agent) => ({
        adapter: undiciAdapter(agent),
        // Nothing may touch the bytes that were signed, nor take an answer for an error.
        transformRequest: [],
        transformResponse: [],
        validateStatus: null,
        maxRedirects: 0,
        headers: { Accept: null },
      }),
    }),
  ],
  providers: [SecretCipher, Sender],
  exports: [OutboundModule, SecretCipher, Sender],
})
export class SendingModule {}

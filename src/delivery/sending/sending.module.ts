import { HttpModule } from '@nestjs/axios';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { DestinationGuard } from './destination-guard.js';
import { OutboundAgent } from './outbound-agent.js';
import { SecretCipher } from './secret-cipher.js';
import { Sender } from './sender.js';
import { undiciAdapter } from './undici.adapter.js';

@Module({
  providers: [
    DestinationGuard,
    {
      provide: OutboundAgent,
      useFactory: ({ policy }: DestinationGuard) => new OutboundAgent(policy),
      inject: [DestinationGuard],
    },
  ],
  exports: [DestinationGuard, OutboundAgent],
})
class OutboundModule implements OnApplicationShutdown {
  constructor(private readonly agent: OutboundAgent) {}

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
      inject: [OutboundAgent],
      useFactory: (agent: OutboundAgent) => ({
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

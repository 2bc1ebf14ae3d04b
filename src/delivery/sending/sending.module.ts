import { lookup } from 'node:dns';
import type { Server } from 'node:net';
import { HttpService } from '@nestjs/axios';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { readCertificates } from '../../config/ca-file.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { CredentialOpener } from './credential-opener.js';
import { DestinationGuard } from './destination-guard.js';
import { NAME_LOOKUP, type NameLookup } from './guarded-connector.js';
import { OutboundAgent } from './outbound-agent.js';
import { outboundAxios } from './outbound-axios.js';
import { SecretCipher } from './secret-cipher.js';
import { Sender } from './sender.js';

/** Keeps webhooks away from the application that this module is part of; one on a Unix socket is out of their reach. */
function registerServer(guard: DestinationGuard, server: Server): void {
  const listening = server.address();
  if (listening === null || typeof listening === 'string') return;
  guard.registerOwnEndpoint(listening.address, listening.port);
}

@Module({
  providers: [
    DestinationGuard,
    { provide: NAME_LOOKUP, useValue: lookup },
    {
      provide: OutboundAgent,
      useFactory: (
        { policy, own, publicHosts }: DestinationGuard,
        lookup: NameLookup,
        options: WebhooksOptions,
      ) => {
        const deadlineMs = options.deliveryTimeoutSeconds * 1000;
        const authorities = options.tlsCaFile === undefined ? [] : readCertificates(options.tlsCaFile);
        return new OutboundAgent({ policy, own, publicHosts, lookup, deadlineMs }, authorities);
      },
      inject: [DestinationGuard, NAME_LOOKUP, WEBHOOKS_OPTIONS],
    },
  ],
  exports: [DestinationGuard, OutboundAgent],
})
class OutboundModule implements OnApplicationShutdown {
  constructor(
    private readonly agent: OutboundAgent,
    guard: DestinationGuard,
    server: HttpAdapterHost,
  ) {
    server.listen$.subscribe(() => {
      registerServer(guard, server.httpAdapter.getHttpServer() as Server);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }
}

/** The way out: signs, guards and sends. */
@Module({
  imports: [OutboundModule],
  providers: [
    CredentialOpener,
    SecretCipher,
    Sender,
    {
      provide: HttpService,
      useFactory: (agent: OutboundAgent) => new HttpService(outboundAxios(agent)),
      inject: [OutboundAgent],
    },
  ],
  exports: [CredentialOpener, OutboundModule, SecretCipher, Sender],
})
export class SendingModule {}

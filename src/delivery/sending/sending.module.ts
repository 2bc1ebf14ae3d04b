import type { Server } from 'node:net';
import { HttpService } from '@nestjs/axios';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { readCertificates } from '../../config/ca-file.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { CredentialOpener, SecretCipher } from './secret-cipher.js';
import { DestinationGuard } from './destination-guard.js';
import { Handshakes } from './handshakes.js';
import { NAME_LOOKUP, type NameLookup, SYSTEM_SOURCES, SystemNames } from './name-lookup.js';
import { OutboundAgent, outboundAxios } from './outbound-http.js';
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
    {
      provide: SystemNames,
      useFactory: ({ deliveryTimeoutSeconds }: WebhooksOptions) =>
        new SystemNames({ ...SYSTEM_SOURCES, maxMs: deliveryTimeoutSeconds * 1000 }),
      inject: [WEBHOOKS_OPTIONS],
    },
    { provide: NAME_LOOKUP, useFactory: ({ lookup }: SystemNames) => lookup, inject: [SystemNames] },
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
    private readonly names: SystemNames,
    guard: DestinationGuard,
    server: HttpAdapterHost,
  ) {
    server.listen$.subscribe(() => {
      registerServer(guard, server.httpAdapter.getHttpServer() as Server);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.names.close();
    await this.agent.destroy();
  }
}

/** The way out: signs, guards and sends. */
@Module({
  imports: [OutboundModule],
  providers: [
    CredentialOpener,
    Handshakes,
    SecretCipher,
    Sender,
    {
      provide: HttpService,
      useFactory: (agent: OutboundAgent) => new HttpService(outboundAxios(agent)),
      inject: [OutboundAgent],
    },
  ],
  exports: [CredentialOpener, Handshakes, OutboundModule, SecretCipher, Sender],
})
export class SendingModule {}

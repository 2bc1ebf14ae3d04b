import type { Server } from 'node:http';
import { Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_FILTER, APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import type { Express } from 'express';
import { ApiGuard } from './auth/api.guard.js';
import { AuthModule } from './auth/auth.module.js';
import { prepareClosing } from './common/http/closing-connections.js';
import { addFallbackAnswers } from './common/http/fallback-answers.js';
import { ProblemFilter } from './common/http/problem.filter.js';
import { serviceConfig, type ServiceConfig } from './config/service.config.js';
import { ConsoleModule } from './console/console.module.js';
import { FeedModule } from './feed/feed.module.js';
import { HealthModule } from './health/health.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { TracingModule } from './tracing/tracing.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The stand-alone service: the webhooks module with its options from the environment, and what operators need. */
@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, cache: true, load: [serviceConfig] }),
    WebhooksModule.forRootAsync({
      inject: [serviceConfig.KEY],
      useFactory: (config: ServiceConfig) => config,
      controllers: true,
    }),
    AuthModule,
    FeedModule,
    ConsoleModule,
    HealthModule,
    MetricsModule,
    TracingModule,
  ],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    // For every route, whatever its controller says.
    { provide: APP_GUARD, useExisting: ApiGuard },
  ],
})
export class AppModule implements OnApplicationBootstrap, OnModuleDestroy {
  private closeConnections: () => void = () => undefined;

  constructor(private readonly http: HttpAdapterHost) {}

  /** By now every route is registered. */
  onApplicationBootstrap(): void {
    this.closeConnections = prepareClosing(this.http.httpAdapter.getHttpServer() as Server);
    addFallbackAnswers(this.http.httpAdapter.getInstance<Express>());
  }

  /** The first hook of a shutdown: clients find another instance while this one hands back its work. */
  onModuleDestroy(): void {
    this.closeConnections();
  }
}

import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_FILTER } from '@nestjs/core';
import { AuthModule } from './auth/auth.module.js';
import { ProblemFilter } from './common/http/problem.filter.js';
import { serviceConfig, type ServiceConfig } from './config/service.config.js';
import { HealthModule } from './health/health.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The stand-alone service: the webhooks module with its options from the environment, and what operators need. */
@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, cache: true, load: [serviceConfig] }),
    WebhooksModule.forRootAsync({
      inject: [serviceConfig.KEY],
      useFactory: (config: ServiceConfig) => config,
    }),
    AuthModule,
    HealthModule,
    MetricsModule,
  ],
  providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
})
export class AppModule {}

import { Module } from '@nestjs/common';
import { BodyRoomModule } from '../common/http/body-room.js';
import { BODY_LIMITS, type BodyLimits, JsonBodyGuard } from '../common/http/json-body.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { ApiGuard } from './api.guard.js';
import { BrowserGuard } from './browser.guard.js';
import { RefusedLogins } from './refused-logins.js';
import { LoopGuard } from './loop.guard.js';
import { SessionSeal } from './session-seal.js';

/** Who may call, and with how much. */
@Module({
  imports: [BodyRoomModule],
  providers: [
    {
      provide: BODY_LIMITS,
      inject: [WEBHOOKS_OPTIONS],
      useFactory: ({ maxEventBytes, maxBatchBytes }: WebhooksOptions): BodyLimits => ({
        single: maxEventBytes,
        batch: maxBatchBytes,
      }),
    },
    RefusedLogins,
    LoopGuard,
    BrowserGuard,
    ApiKeyGuard,
    JsonBodyGuard,
    ApiGuard,
    SessionSeal,
  ],
  exports: [LoopGuard, BrowserGuard, ApiKeyGuard, JsonBodyGuard, ApiGuard, SessionSeal],
})
export class AuthModule {}

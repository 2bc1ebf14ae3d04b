import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeyGuard } from './api-key.guard.js';
import { BrowserGuard } from './browser.guard.js';

/** Who may call: for every route of the stand-alone service. */
@Module({
  providers: [
    BrowserGuard,
    ApiKeyGuard,
    { provide: APP_GUARD, useExisting: BrowserGuard },
    { provide: APP_GUARD, useExisting: ApiKeyGuard },
  ],
})
export class AuthModule {}

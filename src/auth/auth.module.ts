import { Module } from '@nestjs/common';
import { ApiKeyGuard } from './api-key.guard.js';
import { BrowserGuard } from './browser.guard.js';

/** Who may call. The application says where they stand guard. */
@Module({
  providers: [BrowserGuard, ApiKeyGuard],
  exports: [BrowserGuard, ApiKeyGuard],
})
export class AuthModule {}

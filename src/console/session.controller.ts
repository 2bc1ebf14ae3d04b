import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Post,
  Req,
  Res,
  UseFilters,
  UsePipes,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiKeyGuard } from '../auth/api-key.guard.js';
import { BrowserGuard } from '../auth/browser.guard.js';
import { callerOf } from '../auth/caller.js';
import { SessionSeal } from '../auth/session-seal.js';
import { Audited } from '../common/http/audit.js';
import { Clock, toTimestamp } from '../common/clock.js';
import { ProblemFilter } from '../common/http/problem.filter.js';
import { Unguarded } from '../common/http/public.js';
import { RequestValidationPipe } from '../common/http/validation.pipe.js';
import { serviceConfig, type ServiceConfig } from '../config/service.config.js';
import { SignInDto, type SessionAnswer } from './session.dto.js';

const HOUR_MS = 3_600_000;

/** Signing in and out of the console. Open to everybody: it is the door itself. */
@ApiExcludeController()
@Unguarded()
@Controller('console/session')
@UseFilters(ProblemFilter)
@UsePipes(RequestValidationPipe)
export class SessionController {
  constructor(
    private readonly keys: ApiKeyGuard,
    private readonly browsers: BrowserGuard,
    private readonly seal: SessionSeal,
    private readonly clock: Clock,
    @Inject(serviceConfig.KEY) private readonly config: ServiceConfig,
  ) {}

  /** Who uses the console; 401 = nobody has signed in. */
  @Get()
  read(@Req() request: Request): SessionAnswer {
    this.keys.check(request);
    const caller = callerOf(request);
    const expiresAt = caller?.expiresAt;
    return {
      caller: caller?.name ?? null,
      read_only: caller?.readOnly ?? false,
      expires_at: expiresAt === undefined ? null : toTimestamp(expiresAt),
    };
  }

  @Post()
  @Audited('session.begin')
  @HttpCode(204)
  begin(
    @Req() request: Request,
    @Body() { key }: SignInDto,
    @Res({ passthrough: true }) response: Response,
  ): void {
    this.browsers.assertOwnPage(request);
    // Without keys there is nothing to sign in to.
    if (!this.keys.hasKeys) return;
    const digest = this.keys.signIn(request, key);
    const expiresAt = this.clock.now() + this.config.consoleSessionHours * HOUR_MS;
    response.setHeader('Set-Cookie', this.seal.cookie({ digest, expiresAt }));
  }

  @Delete()
  @HttpCode(204)
  end(@Req() request: Request, @Res({ passthrough: true }) response: Response): void {
    this.browsers.assertOwnPage(request);
    response.setHeader('Set-Cookie', this.seal.noCookie());
  }
}

import { Controller, Get, Req, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { ApiGuard } from '../../auth/api.guard.js';
import { callerOf } from '../../auth/caller.js';
import { ApiProblems } from '../../common/http/api-problems.js';
import { ProblemFilter } from '../../common/http/problem.filter.js';
import { InfoDto } from '../dto/info.dto.js';
import { InfoService } from './info.service.js';

@ApiTags('operations')
@Controller('info')
@UseFilters(ProblemFilter)
@UseGuards(ApiGuard)
export class InfoController {
  constructor(private readonly info: InfoService) {}

  @Get()
  @ApiOperation({ operationId: 'getInfo', summary: 'What runs here, with which limits, and who asks' })
  @ApiOkResponse({ type: InfoDto })
  @ApiProblems()
  async get(@Req() request: Request): Promise<InfoDto> {
    const caller = callerOf(request);
    const who = { caller: caller?.name ?? null, read_only: caller?.readOnly ?? false };
    return { ...(await this.info.facts()), ...who };
  }
}

import {
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiGuard } from '../../auth/api.guard.js';
import { ApiProblems } from '../../common/http/api-problems.js';
import type { JsonRequest } from '../../common/http/json-body.js';
import { ProblemFilter } from '../../common/http/problem.filter.js';
import { OnlyAsks } from '../../common/http/public.js';
import { RawJsonInterceptor } from '../../common/http/raw-json.interceptor.js';
import { RequestValidationPipe } from '../../common/http/validation.pipe.js';
import { EventCatalog } from '../../events/event-catalog.js';
import { AnswerBudget } from '../answer-budget.js';
import { readQuestion } from '../../events/event-request.js';
import { AttemptListDto, EventDto, MatchDto, MatchQueryDto, MatchWebhooksDto } from '../dto/lookup.dto.js';
import { attemptListAnswer, eventAnswer, matchAnswer } from './lookup.mapper.js';
import { LookupService } from './lookup.service.js';
import { invalidEventType } from '../../events/event-types.js';

@Controller()
@UseFilters(ProblemFilter)
@UseGuards(ApiGuard)
@UsePipes(RequestValidationPipe)
@UseInterceptors(RawJsonInterceptor)
export class LookupController {
  constructor(
    private readonly lookup: LookupService,
    private readonly catalog: EventCatalog,
  ) {}

  @Get('webhooks/match')
  @ApiTags('webhooks')
  @ApiOperation({
    operationId: 'matchWebhooks',
    summary: 'Who would get an event of this type and project now, and who not, and why',
  })
  @ApiOkResponse({ type: MatchDto })
  @ApiProblems(400, 422)
  async match(@Query() { event, project_id, data }: MatchQueryDto): Promise<MatchDto> {
    return this.matchOf('query', event, project_id, data);
  }

  @Post('webhooks/match')
  @HttpCode(200)
  @OnlyAsks()
  @ApiTags('webhooks')
  @ApiOperation({
    operationId: 'matchWebhooksByBody',
    summary: 'The same, with the data of the event in a body; writes nothing',
  })
  @ApiBody({ type: MatchWebhooksDto })
  @ApiOkResponse({ type: MatchDto })
  @ApiProblems(400, 413, 415, 422)
  async matchByBody(@Req() request: JsonRequest): Promise<MatchDto> {
    const { input, dataJson } = readQuestion(request);
    return this.matchOf('body', input.event, input.project_id, dataJson);
  }

  private async matchOf(
    place: 'query' | 'body',
    event: string,
    projectId: string | null | undefined,
    dataJson: string | undefined,
  ): Promise<MatchDto> {
    if (!this.catalog.has(event))
      throw invalidEventType(event, [place, 'event'], this.catalog.nearest(event));
    return matchAnswer(await this.lookup.match(event, projectId || null, dataJson));
  }

  @Get('webhooks/deliveries/:delivery_id/attempts')
  @ApiTags('deliveries')
  @UseInterceptors(AnswerBudget)
  @ApiOperation({ operationId: 'listDeliveryAttempts', summary: 'The attempts of a delivery, oldest first' })
  @ApiOkResponse({ type: AttemptListDto })
  @ApiProblems(404)
  async attempts(@Param('delivery_id') id: string): Promise<AttemptListDto> {
    return attemptListAnswer(await this.lookup.attemptsOf(id));
  }

  @Get('events/:event_id')
  @ApiTags('events')
  @UseInterceptors(AnswerBudget)
  @ApiOperation({ operationId: 'getEvent', summary: 'One event, by the id that receivers see as webhook-id' })
  @ApiOkResponse({ type: EventDto })
  @ApiProblems(404)
  async event(@Param('event_id') id: string): Promise<EventDto> {
    return eventAnswer(await this.lookup.event(id));
  }
}

import {
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Req,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiGuard } from '../../auth/api.guard.js';
import { ApiProblems } from '../../common/http/api-problems.js';
import type { JsonRequest } from '../../common/http/json-body.js';
import { ProblemFilter } from '../../common/http/problem.filter.js';
import { rawMembers } from '../../common/json/raw-json.js';
import { RawJsonInterceptor } from '../../common/http/raw-json.interceptor.js';
import { EventCatalog } from '../../events/event-catalog.js';
import { ALL_FORMATS } from '../../formats/catalogue.js';
import { FormatsDto, PreviewDto, PreviewStoredDto } from '../dto/format.dto.js';
import { PreviewWebhookDto } from '../dto/preview-webhook.dto.js';
import { formatAnswer, previewAnswer, toPreviewEvent } from './format.mapper.js';
import { WebhookBodyPipe } from '../webhook-body.pipe.js';
import { WebhookPreview, type PreviewEvent } from '../webhook-preview.js';
import { invalidEventType } from '../../events/event-types.js';
import { toCreateWebhook } from '../request.mapper.js';
import { WebhookRules } from '../webhook-rules.js';
import { WebhookService } from '../webhook.service.js';

type Members = Readonly<Record<string, unknown>>;

/** The formats there are, and what they would make of an event. */
@ApiTags('webhooks')
@Controller('webhooks')
@UseFilters(ProblemFilter)
@UseGuards(ApiGuard)
@UseInterceptors(RawJsonInterceptor)
export class FormatsController {
  constructor(
    private readonly service: WebhookService,
    private readonly previews: WebhookPreview,
    private readonly bodies: WebhookBodyPipe,
    private readonly rules: WebhookRules,
    private readonly catalog: EventCatalog,
  ) {}

  @Get('formats')
  @ApiOperation({
    operationId: 'listFormats',
    summary: 'What receivers take: every format with its options, limits and pace',
  })
  @ApiOkResponse({ type: FormatsDto })
  @ApiProblems()
  formats(): FormatsDto {
    const formats = ALL_FORMATS.map(formatAnswer);
    return { formats, total: formats.length };
  }

  @Post('preview')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'previewWebhook',
    summary: 'Show what would be sent of an event to a webhook that is not stored; sends nothing',
  })
  @ApiBody({ type: PreviewWebhookDto })
  @ApiOkResponse({ type: PreviewDto })
  @ApiProblems(400, 413, 415, 422)
  async preview(@Body() body: Members, @Req() request: JsonRequest): Promise<PreviewDto> {
    const settings = this.rules.applyNew(toCreateWebhook(await this.bodies.readNew(body)));
    const format = { format: 'basset', formatOptions: {}, headers: {} };
    const hasSecret = body['generate_secret'] === true || Boolean(body['secret']);
    const preview = this.previews.of({ ...format, ...settings, hasSecret }, this.eventOf(body, request));
    return previewAnswer(await preview);
  }

  @Post(':webhook_id/preview')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'previewStoredWebhook',
    summary: 'Show what would be sent of an event to this webhook; sends nothing',
  })
  @ApiBody({ type: PreviewStoredDto, required: false })
  @ApiOkResponse({ type: PreviewDto })
  @ApiProblems(400, 404, 413, 415, 422)
  async previewStored(
    @Param('webhook_id') id: string,
    @Req() request: JsonRequest,
    @Body() body: unknown = {},
  ): Promise<PreviewDto> {
    this.bodies.assertObject(body, 'body');
    const event = this.eventOf(body as Members, request);
    return previewAnswer(await this.previews.ofStored(await this.service.getWebhook(id), event));
  }

  private eventOf(body: Members, { rawJson }: JsonRequest): PreviewEvent {
    const text = rawJson === undefined ? undefined : rawMembers(rawJson).get('event');
    const given = toPreviewEvent(body['event'], text);
    const { event } = given;
    if (event === undefined || this.catalog.has(event)) return given;
    throw invalidEventType(event, ['body', 'event', 'event'], this.catalog.nearest(event));
  }
}

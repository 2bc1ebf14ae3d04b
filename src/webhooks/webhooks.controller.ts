import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  UseFilters,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems } from '../common/http/api-problems.js';
import { ProblemFilter } from '../common/http/problem.filter.js';
import { RawJsonInterceptor } from '../common/http/raw-json.interceptor.js';
import { EventCatalog } from '../delivery/events/event-catalog.js';
import {
  deliveryAnswer,
  deliveryListAnswer,
  statsAnswer,
  webhookAnswer,
  webhookListAnswer,
} from './answer.mapper.js';
import { toPage, toStatusFilter } from './delivery-filter.js';
import {
  DeliveryDto,
  DeliveryListDto,
  EventTypesDto,
  StatsDto,
  WebhookDto,
  WebhookListDto,
} from './dto/answers.dto.js';
import { CreateWebhookDto } from './dto/create-webhook.dto.js';
import { WebhookDeliveryQueryDto, WebhookQueryDto } from './dto/list-query.dto.js';
import { PatchWebhookDto } from './dto/patch-webhook.dto.js';
import { UpdateWebhookDto } from './dto/update-webhook.dto.js';
import { mergePatch } from './merge-patch.js';
import { WebhookBodyPipe } from './webhook-body.pipe.js';
import { fromDocument, toChanges, toCreateWebhook, toDocument } from './request.mapper.js';
import { WebhookService } from './webhook.service.js';
import { toWebhookFilter, toWebhookPage } from './webhook-filter.js';

@ApiTags('webhooks')
@Controller('webhooks')
@UseFilters(ProblemFilter)
@UsePipes(WebhookBodyPipe)
@UseInterceptors(RawJsonInterceptor)
export class WebhooksController {
  constructor(
    private readonly service: WebhookService,
    private readonly catalog: EventCatalog,
    private readonly bodies: WebhookBodyPipe,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Create a webhook' })
  @ApiCreatedResponse({ type: WebhookDto })
  @ApiProblems(400, 413, 415, 422)
  async create(@Body() body: CreateWebhookDto): Promise<WebhookDto> {
    return webhookAnswer(await this.service.createWebhook(toCreateWebhook(body)));
  }

  @Get()
  @ApiOperation({ summary: 'List webhooks: of a project and the global ones, or all' })
  @ApiOkResponse({ type: WebhookListDto })
  @ApiProblems(422)
  async list(@Query() query: WebhookQueryDto): Promise<WebhookListDto> {
    return webhookListAnswer(await this.service.listWebhooks(toWebhookFilter(query), toWebhookPage(query)));
  }

  @Get('events')
  @ApiOperation({ summary: 'The event types' })
  @ApiOkResponse({ type: EventTypesDto })
  @ApiProblems()
  events(): EventTypesDto {
    const events = this.catalog.all();
    return { events, total: events.length };
  }

  @Get('stats')
  @ApiOperation({ summary: 'Counts over all webhooks' })
  @ApiOkResponse({ type: StatsDto })
  @ApiProblems()
  async stats(): Promise<StatsDto> {
    return statsAnswer(await this.service.getStats());
  }

  @Get(':webhook_id')
  @ApiOperation({ summary: 'One webhook' })
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems(404)
  async get(@Param('webhook_id') id: string): Promise<WebhookDto> {
    return webhookAnswer(await this.service.getWebhook(id));
  }

  @Put(':webhook_id')
  @ApiOperation({ summary: 'Change a webhook: null or absent = unchanged' })
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems(400, 404, 413, 415, 422)
  async update(@Param('webhook_id') id: string, @Body() body: UpdateWebhookDto): Promise<WebhookDto> {
    return webhookAnswer(await this.service.updateWebhook(id, toChanges(body)));
  }

  @Patch(':webhook_id')
  @ApiOperation({ summary: 'Change a webhook by JSON Merge Patch (RFC 7396): null clears' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody({ type: PatchWebhookDto })
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems(400, 404, 413, 415, 422)
  async patch(@Param('webhook_id') id: string, @Body() patch: Record<string, unknown>): Promise<WebhookDto> {
    this.bodies.assertObject(patch, 'body');
    const document = mergePatch(toDocument(await this.service.getWebhook(id)), patch);
    const settings = await this.bodies.read(CreateWebhookDto, document, (field) =>
      Object.hasOwn(patch, field),
    );
    return webhookAnswer(await this.service.updateWebhook(id, fromDocument(settings, patch)));
  }

  @Delete(':webhook_id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a webhook; what is pending ends as failed' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async delete(@Param('webhook_id') id: string): Promise<void> {
    await this.service.deleteWebhook(id);
  }

  @Post(':webhook_id/test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send a test: one attempt, no retries; the answer is the finished record' })
  @ApiOkResponse({ type: DeliveryDto })
  @ApiProblems(404)
  async test(@Param('webhook_id') id: string): Promise<DeliveryDto> {
    return deliveryAnswer(await this.service.testWebhook(id));
  }

  @Get(':webhook_id/deliveries')
  @ApiOperation({ summary: 'The deliveries of a webhook, newest first' })
  @ApiOkResponse({ type: DeliveryListDto })
  @ApiProblems(400, 404, 422)
  async deliveries(
    @Param('webhook_id') webhookId: string,
    @Query() query: WebhookDeliveryQueryDto,
  ): Promise<DeliveryListDto> {
    const filter = { webhookId, ...toStatusFilter(query) };
    await this.service.getWebhook(webhookId);
    return deliveryListAnswer(await this.service.listDeliveries(filter, toPage(query)));
  }
}

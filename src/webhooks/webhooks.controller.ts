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
  Res,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiGuard } from '../auth/api.guard.js';
import { ApiProblems } from '../common/http/api-problems.js';
import { Audited } from '../common/http/audit.js';
import { ProblemFilter } from '../common/http/problem.filter.js';
import { RawJsonInterceptor } from '../common/http/raw-json.interceptor.js';
import { EventCatalog } from '../events/event-catalog.js';
import {
  createdAnswer,
  deliveryAnswer,
  rotatedAnswer,
  statsAnswer,
  webhookAnswer,
  webhookListAnswer,
} from './answer.mapper.js';
import { DeliveryDto, EventTypesDto, StatsDto, WebhookListDto } from './dto/answers.dto.js';
import { CreateWebhookDto } from './dto/create-webhook.dto.js';
import { WebhookQueryDto } from './dto/list-query.dto.js';
import { PatchWebhookDto } from './dto/patch-webhook.dto.js';
import { RecoverWebhookDto, RecoveryDto } from './dto/recover-webhook.dto.js';
import { RotateSecretDto } from './dto/rotate-secret.dto.js';
import { UpdateWebhookDto } from './dto/update-webhook.dto.js';
import { CreatedWebhookDto, RotatedSecretDto, WebhookDto } from './dto/webhook-answers.dto.js';
import { ApiIfMatch, IfMatch, tagged, type Revisions } from './entity-tag.js';
import { ApiCreationKey, CreationKey } from './creation-key.js';
import { WebhookBodyPipe } from './webhook-body.pipe.js';
import { toChanges, toCreateWebhook, toLostRange, toRotation } from './request.mapper.js';
import { WebhookPatch } from './webhook-patch.js';
import { WebhookService } from './webhook.service.js';
import { toWebhookFilter, toWebhookPage } from './webhook-filter.js';
import type { CreateWebhook } from './webhook.js';

@ApiTags('webhooks')
@Controller('webhooks')
@UseFilters(ProblemFilter)
@UseGuards(ApiGuard)
@UsePipes(WebhookBodyPipe)
@UseInterceptors(RawJsonInterceptor)
export class WebhooksController {
  constructor(
    private readonly service: WebhookService,
    private readonly catalog: EventCatalog,
    private readonly patches: WebhookPatch,
  ) {}

  @Post()
  @Audited('webhook.create')
  @ApiOperation({ operationId: 'createWebhook', summary: 'Create a webhook' })
  @ApiCreationKey()
  @ApiCreatedResponse({ type: CreatedWebhookDto })
  @ApiProblems(400, 413, 415, 422)
  async create(
    @Body() body: CreateWebhookDto,
    @CreationKey() key: Pick<CreateWebhook, 'idempotencyKey'>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CreatedWebhookDto> {
    const webhook = await this.service.createWebhook({ ...toCreateWebhook(body), ...key });
    return createdAnswer(tagged(response, webhook));
  }

  @Get()
  @ApiOperation({
    operationId: 'listWebhooks',
    summary: 'List webhooks: of a project and the global ones, or all',
  })
  @ApiOkResponse({ type: WebhookListDto })
  @ApiProblems(422)
  async list(@Query() query: WebhookQueryDto): Promise<WebhookListDto> {
    return webhookListAnswer(await this.service.listWebhooks(toWebhookFilter(query), toWebhookPage(query)));
  }

  @Get('events')
  @ApiOperation({ operationId: 'listEventTypes', summary: 'The event types' })
  @ApiOkResponse({ type: EventTypesDto })
  @ApiProblems()
  events(): EventTypesDto {
    const events = this.catalog.all();
    return { events, total: events.length };
  }

  @Get('stats')
  @ApiOperation({ operationId: 'getStats', summary: 'Counts over all webhooks' })
  @ApiOkResponse({ type: StatsDto })
  @ApiProblems()
  async stats(): Promise<StatsDto> {
    return statsAnswer(await this.service.getStats());
  }

  @Get(':webhook_id')
  @ApiOperation({ operationId: 'getWebhook', summary: 'One webhook' })
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems(404)
  async get(
    @Param('webhook_id') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WebhookDto> {
    return webhookAnswer(tagged(response, await this.service.getWebhook(id)));
  }

  @Put(':webhook_id')
  @Audited('webhook.update')
  @ApiOperation({ operationId: 'updateWebhook', summary: 'Change a webhook: null or absent = unchanged' })
  @ApiIfMatch()
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems(400, 404, 412, 413, 415, 422)
  async update(
    @Param('webhook_id') id: string,
    @Body() body: UpdateWebhookDto,
    @IfMatch() revisions: Revisions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WebhookDto> {
    return webhookAnswer(tagged(response, await this.service.updateWebhook(id, toChanges(body), revisions)));
  }

  @Patch(':webhook_id')
  @Audited('webhook.update')
  @ApiOperation({
    operationId: 'patchWebhook',
    summary: 'Change a webhook by JSON Merge Patch (RFC 7396): null clears',
    description:
      'Also as application/merge-patch+json. One type is named, because generators stumble over two.',
  })
  @ApiBody({ type: PatchWebhookDto })
  @ApiIfMatch()
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems(400, 404, 412, 413, 415, 422)
  async patch(
    @Param('webhook_id') id: string,
    @Body() patch: object,
    @IfMatch() revisions: Revisions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WebhookDto> {
    const change = this.patches.changeBy(patch);
    const webhook = await this.service.updateWebhook(id, change, revisions);
    return webhookAnswer(tagged(response, webhook));
  }

  @Delete(':webhook_id')
  @Audited('webhook.delete')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteWebhook', summary: 'Delete a webhook; what is pending ends as failed' })
  @ApiIfMatch()
  @ApiNoContentResponse()
  @ApiProblems(404, 412)
  async delete(@Param('webhook_id') id: string, @IfMatch() revisions: Revisions): Promise<void> {
    await this.service.deleteWebhook(id, revisions);
  }

  @Post(':webhook_id/secret/rotate')
  @Audited('webhook.rotate_secret')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'Sign with another secret; the former one signs along until its grace is over',
    description:
      'Without a secret one is made and answered, this once. Each request carries two signatures until the grace is over. Only the latest former secret signs along: one more rotation ends it.',
  })
  @ApiBody({ type: RotateSecretDto, required: false })
  @ApiIfMatch()
  @ApiOkResponse({ type: RotatedSecretDto })
  @ApiProblems(400, 404, 412, 413, 415, 422)
  async rotateSecret(
    @Param('webhook_id') id: string,
    @Body() body: RotateSecretDto,
    @IfMatch() revisions: Revisions,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RotatedSecretDto> {
    const webhook = await this.service.rotateSecret(id, toRotation(body), revisions);
    return rotatedAnswer(tagged(response, webhook));
  }

  @Post(':webhook_id/test')
  @Audited('webhook.test')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'testWebhook',
    summary: 'Send a test: one attempt, no retries; the answer is the finished record',
  })
  @ApiOkResponse({ type: DeliveryDto })
  @ApiProblems(404)
  async test(@Param('webhook_id') id: string): Promise<DeliveryDto> {
    return deliveryAnswer(await this.service.testWebhook(id));
  }

  @Post(':webhook_id/recover')
  @Audited('webhook.recover')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'recoverWebhook',
    summary:
      'Queue again what it missed: deliveries that ended as failed, oldest first, with a fresh retry schedule',
  })
  @ApiBody({ type: RecoverWebhookDto, required: false })
  @ApiAcceptedResponse({ type: RecoveryDto })
  @ApiProblems(400, 404, 413, 415, 422)
  async recover(@Param('webhook_id') id: string, @Body() body: RecoverWebhookDto): Promise<RecoveryDto> {
    const range = toLostRange(body);
    if (body.dry_run !== true) return { requeued: await this.service.recoverWebhook(id, range) };
    return { requeued: 0, would_requeue: await this.service.countRecoverable(id, range) };
  }
}

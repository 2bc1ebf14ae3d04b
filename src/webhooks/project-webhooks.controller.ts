import {
  Body,
  Controller,
  Get,
  Param,
  Post,
  Query,
  Res,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiGuard } from '../auth/api.guard.js';
import { ApiProblems } from '../common/http/api-problems.js';
import { Audited } from '../common/http/audit.js';
import { ProblemFilter } from '../common/http/problem.filter.js';
import { RawJsonInterceptor } from '../common/http/raw-json.interceptor.js';
import { createdAnswer, webhookListAnswer } from './answer.mapper.js';
import { WebhookListDto } from './dto/answers.dto.js';
import { CreateWebhookDto } from './dto/create-webhook.dto.js';
import { ActiveQueryDto } from './dto/list-query.dto.js';
import { ApiCreationKey, CreationKey } from './creation-key.js';
import { CreatedWebhookDto } from './dto/webhook-answers.dto.js';
import { tagged } from './entity-tag.js';
import { ProjectIdPipe } from './project-id.pipe.js';
import { toCreateWebhook } from './request.mapper.js';
import { WebhookBodyPipe } from './webhook-body.pipe.js';
import { toWebhookFilter, toWebhookPage } from './webhook-filter.js';
import type { CreateWebhook } from './webhook.js';
import { WebhookService } from './webhook.service.js';

@ApiTags('projects')
@Controller('projects/:project_id/webhooks')
@UseFilters(ProblemFilter)
@UseGuards(ApiGuard)
@UsePipes(WebhookBodyPipe)
@UseInterceptors(RawJsonInterceptor)
export class ProjectWebhooksController {
  constructor(private readonly service: WebhookService) {}

  @Get()
  @ApiOperation({
    operationId: 'listProjectWebhooks',
    summary: 'The webhooks of a project and the global ones',
  })
  @ApiOkResponse({ type: WebhookListDto })
  @ApiProblems(422)
  async list(
    @Param('project_id', ProjectIdPipe) projectId: string,
    @Query() query: ActiveQueryDto,
  ): Promise<WebhookListDto> {
    const filter = { ...toWebhookFilter(query), projectId };
    return webhookListAnswer(await this.service.listWebhooks(filter, toWebhookPage(query)));
  }

  @Post()
  @Audited('webhook.create')
  @ApiOperation({
    operationId: 'createProjectWebhook',
    summary: 'Create a webhook of a project; the project of the path wins over that of the body',
  })
  @ApiCreationKey()
  @ApiCreatedResponse({ type: CreatedWebhookDto })
  @ApiProblems(400, 413, 415, 422)
  async create(
    @Param('project_id', ProjectIdPipe) projectId: string,
    @Body() body: CreateWebhookDto,
    @CreationKey() key: Pick<CreateWebhook, 'idempotencyKey'>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CreatedWebhookDto> {
    const webhook = await this.service.createWebhook({ ...toCreateWebhook(body), ...key, projectId });
    return createdAnswer(tagged(response, webhook));
  }
}

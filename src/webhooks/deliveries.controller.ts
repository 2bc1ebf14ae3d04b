import {
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiGuard } from '../auth/api.guard.js';
import { ApiProblems } from '../common/http/api-problems.js';
import { Audited } from '../common/http/audit.js';
import { ProblemFilter } from '../common/http/problem.filter.js';
import { RawJsonInterceptor } from '../common/http/raw-json.interceptor.js';
import { RequestValidationPipe } from '../common/http/validation.pipe.js';
import { EventCatalog } from '../events/event-catalog.js';
import { AnswerBudget } from './answer-budget.js';
import { deliveryAnswer, deliveryListAnswer } from './answer.mapper.js';
import { toDeliveryFilter, toListOptions, toPage, toStatusFilter } from './delivery-filter.js';
import { DeliveryDto, DeliveryListDto } from './dto/answers.dto.js';
import { DeliveryQueryDto, WebhookDeliveryQueryDto } from './dto/list-query.dto.js';
import { WebhookService } from './webhook.service.js';

@ApiTags('deliveries')
@Controller('webhooks')
@UseFilters(ProblemFilter)
@UseGuards(ApiGuard)
@UsePipes(RequestValidationPipe)
@UseInterceptors(RawJsonInterceptor)
export class DeliveriesController {
  constructor(
    private readonly service: WebhookService,
    private readonly catalog: EventCatalog,
  ) {}

  @Get('deliveries')
  @UseInterceptors(AnswerBudget)
  @ApiOperation({ operationId: 'listDeliveries', summary: 'The whole log of deliveries, newest first' })
  @ApiOkResponse({ type: DeliveryListDto })
  @ApiProblems(400, 404, 422)
  async list(@Query() query: DeliveryQueryDto): Promise<DeliveryListDto> {
    const filter = toDeliveryFilter(query, this.catalog);
    return deliveryListAnswer(await this.service.listDeliveries(filter, toPage(query), toListOptions(query)));
  }

  @Get('deliveries/:delivery_id')
  @UseInterceptors(AnswerBudget)
  @ApiOperation({ operationId: 'getDelivery', summary: 'One delivery' })
  @ApiOkResponse({ type: DeliveryDto })
  @ApiProblems(404)
  async get(@Param('delivery_id') id: string): Promise<DeliveryDto> {
    return deliveryAnswer(await this.service.getDelivery(id));
  }

  @Post('deliveries/:delivery_id/retry')
  @Audited('delivery.retry')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'retryDelivery',
    summary: 'Send a failed or retrying delivery again, now; the answer is the record after the attempt',
  })
  @ApiOkResponse({ type: DeliveryDto })
  @ApiProblems(400, 404)
  async retry(@Param('delivery_id') id: string): Promise<DeliveryDto> {
    return deliveryAnswer(await this.service.retryDelivery(id));
  }

  @Get(':webhook_id/deliveries')
  @UseInterceptors(AnswerBudget)
  @ApiOperation({
    operationId: 'listWebhookDeliveries',
    summary: 'The deliveries of a webhook, newest first',
    description:
      'Of a deleted webhook this is 404; its history can be read in the whole log (webhook_id) for a day.',
  })
  @ApiOkResponse({ type: DeliveryListDto })
  @ApiProblems(400, 404, 422)
  async deliveries(
    @Param('webhook_id') webhookId: string,
    @Query() query: WebhookDeliveryQueryDto,
  ): Promise<DeliveryListDto> {
    const filter = { webhookId, ...toStatusFilter(query) };
    await this.service.getWebhook(webhookId);
    return deliveryListAnswer(await this.service.listDeliveries(filter, toPage(query), toListOptions(query)));
  }
}

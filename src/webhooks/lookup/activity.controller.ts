import { Controller, Get, Query, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiGuard } from '../../auth/api.guard.js';
import { toTimestamp } from '../../common/clock.js';
import { ApiProblems } from '../../common/http/api-problems.js';
import { ProblemFilter } from '../../common/http/problem.filter.js';
import { RequestValidationPipe } from '../../common/http/validation.pipe.js';
import { Activity } from '../../history/activity/activity.js';
import type { Sums } from '../../history/activity/activity-sums.js';
import { ActivityDto, ActivityQueryDto } from '../dto/activity.dto.js';
import { toInstant } from '../../common/timestamp.js';

const DESCRIPTION =
  'For charts: counted by the time at which an attempt ended, added up every ten seconds (a crash loses as much), kept for 30 days. What ends because its webhook was switched off or deleted is not among it, and the last ten seconds of other instances are not there yet. For evidence use the log.';

function sumsAnswer({ succeeded, failed, attempts, durationMs, ...by_answer }: Sums) {
  const mean_ms = attempts === 0 ? null : Math.round((10 * durationMs) / attempts) / 10;
  return { succeeded, failed, attempts, mean_ms, by_answer };
}

@ApiTags('webhooks')
@Controller('webhooks/activity')
@UseFilters(ProblemFilter)
@UseGuards(ApiGuard)
@UsePipes(RequestValidationPipe)
export class ActivityController {
  constructor(private readonly activity: Activity) {}

  @Get()
  @ApiOperation({
    operationId: 'getActivity',
    summary: 'What became of deliveries by the hour or day, or by webhook',
    description: DESCRIPTION,
  })
  @ApiOkResponse({ type: ActivityDto })
  @ApiProblems(422)
  async get(@Query() { webhook_id, since, bucket = 'hour', group }: ActivityQueryDto): Promise<ActivityDto> {
    const query = {
      ...(webhook_id !== undefined && { webhookId: webhook_id }),
      ...(since !== undefined && { since: Date.parse(toInstant(since)) }),
    };
    if (group === 'webhook') {
      const found = await this.activity.byWebhook(query);
      return { webhooks: [...found].map(([id, sums]) => ({ webhook_id: id, ...sumsAnswer(sums) })) };
    }
    const buckets = await this.activity.buckets(query, bucket);
    return { buckets: buckets.map(({ from, sums }) => ({ from: toTimestamp(from), ...sumsAnswer(sums) })) };
  }
}

import { Controller, Get, Optional, Query, Req, Res, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { filter, merge, NEVER, type Observable, timer } from 'rxjs';
import { ApiGuard } from '../auth/api.guard.js';
import { callerOf, type Caller } from '../auth/caller.js';
import { ApiProblems } from '../common/http/api-problems.js';
import { ProblemFilter } from '../common/http/problem.filter.js';
import { RequestValidationPipe } from '../common/http/validation.pipe.js';
import { DeliveryMetrics, NoMetrics } from '../common/metrics/delivery-metrics.js';
import { EventCatalog } from '../events/event-catalog.js';
import { Feed } from './feed.js';
import { toFeedFilter } from './feed-filter.js';
import { FeedQueryDto } from './feed.dto.js';
import { matches } from './feed-item.js';
import { sendStream } from './feed-stream.js';

const DESCRIPTION = `A stream of server-sent events that does not end. Each has a name and a line of JSON:
\`delivery\` (an attempt has left it in a new state: the fields of a delivery without payload and response_body), \`event\` (one was accepted: id, event, project_id, and for how many webhooks), \`webhook\` (it was changed or deleted, or its circuit turned), \`changed\` (something happened that is not told here, on another instance for example: ask again), \`lagging\` (so many were left out, because more came than were taken).
Never bodies. A comment comes at once, and another every 15 seconds. Nothing is repeated: after a gap ask the log for what came since; Last-Event-ID is ignored.`;

/** A session does not outlive its time by watching. */
function endOf(caller: Caller | undefined): Observable<unknown> {
  return caller?.expiresAt === undefined ? NEVER : timer(new Date(caller.expiresAt));
}

@ApiTags('deliveries')
@Controller('feed')
@UseFilters(ProblemFilter)
@UseGuards(ApiGuard)
@UsePipes(RequestValidationPipe)
export class FeedController {
  constructor(
    private readonly feed: Feed,
    private readonly catalog: EventCatalog,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {
    metrics.gauge('feed_clients', () => feed.clientCount);
  }

  @Get()
  @ApiOperation({
    operationId: 'watchFeed',
    summary: 'What happens, as it happens',
    description: DESCRIPTION,
  })
  @ApiOkResponse({
    description: 'The stream.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiProblems(400, 422)
  open(@Query() query: FeedQueryDto, @Req() request: Request, @Res() response: Response): void {
    const wanted = toFeedFilter(query, this.catalog);
    if (request.method === 'HEAD') {
      response.type('text/event-stream').end();
      return;
    }
    response.once('close', this.feed.enter());
    const items$ = this.feed.items$.pipe(filter((item) => matches(wanted, item)));
    const ends$ = merge(this.feed.stopped$, endOf(callerOf(request)));
    sendStream(response, items$, ends$, () => {
      this.metrics.feedDropped();
    });
  }
}

import { Controller, HttpCode, Optional, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiGuard } from '../auth/api.guard.js';
import { ApiProblems } from '../common/http/api-problems.js';
import type { JsonRequest } from '../common/http/json-body.js';
import { NoTracing, Tracing, type Work } from '../common/tracing/tracing.js';
import { validTraceparent } from '../common/tracing/traceparent.js';
import { problemOf } from '../common/http/problem.js';
import { ProblemFilter } from '../common/http/problem.filter.js';
import { keyedBatch } from './fingerprint.js';
import type { NewEvent, RecordedEvent } from './new-event.js';
import { EmitEventDto, EmitEventsDto, RecordedEventDto, RecordedEventsDto } from './event.dto.js';
import { EventIntake, IDENTIFIER } from './event-intake.js';
import { readBatch, readEvent } from './event-request.js';

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  required: false,
  description: '≤ 128 visible ASCII characters; a repeat of the same request answers the first result.',
  schema: { type: 'string', minLength: 1, maxLength: 128, pattern: IDENTIFIER.source },
} as const;

/** The hot path: checked by hand, so that an event costs microseconds here. */
@ApiTags('events')
@Controller('events')
@UseFilters(ProblemFilter)
@UseGuards(ApiGuard)
export class EventsController {
  constructor(
    private readonly intake: EventIntake,
    @Optional() private readonly tracing: Tracing = new NoTracing(),
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({ operationId: 'emitEvent', summary: 'Emit an event; it is on disk when the answer comes' })
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiBody({ type: EmitEventDto })
  @ApiResponse({ status: 202, type: RecordedEventDto })
  @ApiProblems(400, 413, 415, 422)
  async emit(@Req() request: JsonRequest): Promise<RecordedEventDto> {
    return this.traced('POST /events', request, async (served) => {
      const key = request.get('idempotency-key');
      const { input, dataJson } = readEvent(request, key);
      const event = this.intake.accept(input, dataJson, key ?? null, undefined, served.traceparent);
      const [recorded] = await this.publish(request, [event], served);
      if (!recorded) throw new Error('The event recorder gave no result');
      return recordedEventAnswer(recorded);
    });
  }

  @Post('batch')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'emitEvents',
    summary: 'Emit 1 to 1000 events in one durable write, all or nothing',
  })
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiBody({ type: EmitEventsDto })
  @ApiResponse({ status: 202, type: RecordedEventsDto })
  @ApiProblems(400, 413, 415, 422)
  async emitBatch(@Req() request: JsonRequest): Promise<RecordedEventsDto> {
    return this.traced('POST /events/batch', request, async (served) => {
      const key = request.get('idempotency-key');
      const events = readBatch(request, key, this.intake.maxEventBytes).map(({ input, dataJson }, i) =>
        this.intake.accept(input, dataJson, null, ['body', 'events', i], served.traceparent),
      );
      const all = key === undefined ? events : keyedBatch(events, key);
      return { events: (await this.publish(request, all, served)).map(recordedEventAnswer) };
    });
  }

  /** The caller's trace, if it has one, goes on here. */
  private async traced<T>(
    name: string,
    request: JsonRequest,
    work: (served: Work) => Promise<T>,
  ): Promise<T> {
    const served = this.tracing.serve(name, validTraceparent(request.get('traceparent')));
    try {
      const answer = await work(served);
      served.end({ 'http.response.status_code': 202 });
      return answer;
    } catch (error) {
      const { status } = problemOf(error);
      served.end({ 'http.response.status_code': status, error: status >= 500 ? String(status) : null });
      throw error;
    }
  }

  /** The request lets go of its body, and the memory is given back when it is written, whether the client still waits or not. */
  private async publish(
    request: JsonRequest,
    events: readonly NewEvent[],
    { isTraced }: Work,
  ): Promise<readonly RecordedEvent[]> {
    request.place?.keep();
    request.body = undefined;
    delete request.rawJson;
    try {
      return await this.intake.publish(events, isTraced);
    } finally {
      request.place?.leave();
    }
  }
}

function recordedEventAnswer({ eventId, deliveryIds }: RecordedEvent): RecordedEventDto {
  return { event_id: eventId, delivery_ids: deliveryIds };
}

import { ApiProperty } from '@nestjs/swagger';
import { DELIVERY_STATUSES, ERROR_CODES, type DeliveryStatus } from '../../delivery/model/delivery.js';
import { OUTCOME_WORDS, type OutcomeWord } from '../../formats/format.js';
import { WebhookDto } from './webhook-answers.dto.js';

const time = { format: 'date-time', example: '2026-11-24T12:00:00.000Z' } as const;
const nullableTime = { type: String, nullable: true, ...time } as const;

class ListDto {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'All that the filter matches, not the page.' })
  total!: number;

  @ApiProperty({ type: String, nullable: true, description: 'null = this was the last page' })
  next_cursor!: string | null;
}

export class WebhookListDto extends ListDto {
  @ApiProperty({ type: [WebhookDto] })
  webhooks!: WebhookDto[];
}

export class DeliveryDto {
  @ApiProperty({ example: '0190b6e2-0000-7000-8000-000000000002' })
  id!: string;

  @ApiProperty()
  webhook_id!: string;

  @ApiProperty({ description: 'Sent as webhook-id: the receiver folds repeats by it.' })
  event_id!: string;

  @ApiProperty({ example: 'entity.created' })
  event!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Of the event; null = it has none.' })
  project_id!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'The body that is sent, unchanged; null in a list with payload=false.',
  })
  payload!: unknown;

  @ApiProperty({ enum: DELIVERY_STATUSES })
  status!: DeliveryStatus;

  @ApiProperty({ type: 'integer', minimum: 0 })
  attempts!: number;

  @ApiProperty(nullableTime)
  last_attempt_at!: string | null;

  @ApiProperty({ ...nullableTime, description: 'null when there will be no further attempt' })
  next_retry_at!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 200,
    description: 'HTTP status of the last attempt; null = no answer',
  })
  response_code!: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'The first 1 KiB of the last answer.' })
  response_body!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'HTTP 500' })
  error_message!: string | null;

  @ApiProperty({
    type: String,
    enum: [...ERROR_CODES, null],
    nullable: true,
    example: 'http',
    description:
      'Why the last attempt was no success; null when it was, or when there was none. Of addresses that only ALLOWED_NETWORKS opens: policy, could_not_connect, timed_out or http.',
  })
  error_code!: string | null;

  @ApiProperty({
    type: String,
    enum: [...OUTCOME_WORDS, null],
    nullable: true,
    description:
      'How the last attempt was taken: success; retry, by the schedule; throttled, the receiver asked to wait; rejected, this event can never be taken; blocked, somebody has to repair the webhook or its receiver; gone. null = there was none.',
  })
  outcome!: OutcomeWord | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description:
      'The last attempt was one message about many events, to a chat: all deliveries in it have the same digest_id. null = it was about this event alone, or there was none.',
  })
  digest_id!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, minimum: 0, description: 'Of the last attempt.' })
  duration_ms!: number | null;

  @ApiProperty(time)
  created_at!: string;
}

export class DeliveryListDto extends ListDto {
  @ApiProperty({ type: [DeliveryDto] })
  deliveries!: DeliveryDto[];

  @ApiProperty({
    description:
      'Whether there are more than `total`. Narrowed by event, project, time or an unfinished status, the log is counted up to 10,000.',
  })
  total_capped!: boolean;
}

export class EventTypeDto {
  @ApiProperty({ example: 'entity.created' })
  event!: string;

  @ApiProperty({ example: 'Entity Created' })
  description!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'JSON Schema of its `data`. Other keys may be there as well.',
  })
  schema!: object;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What its `data` may look like.',
    example: { entity_id: '9f34a1c2-7d55-4c0e-8a54-2f1d7c0be001', name: 'Jane Roe' },
  })
  example!: object;
}

export class EventTypesDto {
  @ApiProperty({ type: [EventTypeDto] })
  events!: EventTypeDto[];

  @ApiProperty({ type: 'integer' })
  total!: number;
}

export class StatsDto {
  @ApiProperty({ type: 'integer', minimum: 0 })
  total_events!: number;

  @ApiProperty({ type: 'integer', minimum: 0 })
  successful_deliveries!: number;

  @ApiProperty({ type: 'integer', minimum: 0 })
  failed_deliveries!: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Deliveries that needed more than one attempt.' })
  retried_deliveries!: number;

  @ApiProperty({ type: 'integer', minimum: 0 })
  active_webhooks!: number;

  @ApiProperty({ type: 'integer', minimum: 0 })
  total_webhooks!: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'pending, sending and retrying' })
  pending_deliveries!: number;

  @ApiProperty({
    ...nullableTime,
    description:
      'Since when the delivery that waits the longest in the graph has been due; null = nothing is. Webhooks that fail, pause, or are off or locked do not count. At most 10 s old.',
  })
  oldest_due_at!: string | null;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../delivery/delivery.js';
import { EVENT_TYPE } from '../openapi-events.js';
import { RetryConfigDto } from './retry-config.dto.js';

const time = { format: 'date-time', example: '2026-11-24T12:00:00.000Z' } as const;
const nullableTime = { type: String, nullable: true, ...time } as const;

export class WebhookDto {
  @ApiProperty({ example: '0190b6e2-0000-7000-8000-000000000001' })
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty()
  url!: string;

  @ApiProperty({ type: [String], example: ['entity.created'] })
  events!: readonly string[];

  @ApiProperty()
  active!: boolean;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Values that look like a credential are shown as ***.',
  })
  headers!: Record<string, string>;

  @ApiProperty({ type: String, nullable: true })
  project_id!: string | null;

  @ApiProperty({ type: RetryConfigDto })
  retry_config!: RetryConfigDto;

  @ApiProperty({ description: 'Whether requests are signed. The secret itself is never answered.' })
  has_secret!: boolean;

  @ApiProperty(time)
  created_at!: string;

  @ApiProperty(time)
  updated_at!: string;

  @ApiProperty(nullableTime)
  last_triggered_at!: string | null;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Deliveries ever made for it.' })
  delivery_count!: number;

  @ApiProperty({ type: 'integer', minimum: 0 })
  success_count!: number;

  @ApiProperty({ type: 'integer', minimum: 0 })
  failure_count!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the service switched it off; null = it did not.',
  })
  disabled_reason!: string | null;

  @ApiProperty(nullableTime)
  disabled_at!: string | null;
}

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

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The body that is sent, unchanged.',
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

  @ApiProperty({ type: 'integer', nullable: true, minimum: 0, description: 'Of the last attempt.' })
  duration_ms!: number | null;

  @ApiProperty(time)
  created_at!: string;
}

export class DeliveryListDto extends ListDto {
  @ApiProperty({ type: [DeliveryDto] })
  deliveries!: DeliveryDto[];
}

export class EventTypeDto {
  @ApiProperty({ example: 'entity.created' })
  event!: string;

  @ApiProperty({ example: 'Entity Created' })
  description!: string;
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
}

export class RecordedEventDto {
  @ApiProperty({ example: '0190b6e2-0000-7000-8000-000000000003' })
  event_id!: string;

  @ApiProperty({ type: [String], description: 'One for each webhook that matched.' })
  delivery_ids!: readonly string[];
}

export class RecordedEventsDto {
  @ApiProperty({ type: [RecordedEventDto], description: 'In the order of the request.' })
  events!: RecordedEventDto[];
}

/** Only for the documentation: `POST /events` checks its body by hand, it is the hot path. */
export class EmitEventDto {
  @ApiProperty({ example: 'entity.created', format: EVENT_TYPE })
  event!: string;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 255, default: null })
  project_id?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    default: {},
    description: 'Reaches the receiver byte for byte, but for white space.',
  })
  data?: Record<string, unknown> | null;

  @ApiPropertyOptional({ ...nullableTime, description: 'Default: now.' })
  timestamp?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    minLength: 1,
    maxLength: 128,
    pattern: '^[\\x21-\\x7e]+$',
    description: 'Of the event; sending it again answers the first result. Default: a UUIDv7.',
  })
  id?: string | null;
}

export class EmitEventsDto {
  @ApiProperty({ type: [EmitEventDto], minItems: 1, maxItems: 1000 })
  events!: EmitEventDto[];
}

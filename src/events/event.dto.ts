import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { EVENT_TYPE } from './openapi-events.js';

const nullableTime = {
  type: String,
  nullable: true,
  format: 'date-time',
  example: '2026-11-24T12:00:00.000Z',
} as const;

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

/** What is said of an event, besides its type. */
abstract class EventFieldsDto {
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 255, default: null })
  project_id?: string | null;

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

const json = { type: 'object', additionalProperties: true, nullable: true } as const;

/** An event that was found good. Its decorators are only for the documentation: `POST /events` is the hot path. */
export class EmitEventDto extends EventFieldsDto {
  @ApiProperty({ example: 'entity.created', format: EVENT_TYPE })
  event!: string;

  @ApiPropertyOptional({
    ...json,
    default: {},
    description: 'Reaches the receiver byte for byte, but for white space.',
  })
  data?: Readonly<Record<string, unknown>> | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 255,
    example: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    description:
      'The trace that it belongs to (W3C Trace Context), sent on to the receivers. Default: the header traceparent of the request. What is none counts as not given.',
  })
  traceparent?: string | null;
}

/** Only for the documentation: the event is checked by hand, as on the way in. */
export class PreviewEventDto extends EventFieldsDto {
  @ApiPropertyOptional({ example: 'entity.created', format: EVENT_TYPE })
  event?: string;

  @ApiPropertyOptional({ ...json, description: 'Default: a sample.' })
  data?: Readonly<Record<string, unknown>> | null;
}

export class EmitEventsDto {
  @ApiProperty({ type: [EmitEventDto], minItems: 1, maxItems: 1000 })
  events!: EmitEventDto[];
}

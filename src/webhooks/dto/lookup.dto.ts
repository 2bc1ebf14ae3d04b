import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { ERROR_CODES } from '../../delivery/model/delivery.js';
import { MISMATCHES, type Mismatch } from '../../delivery/endpoints/endpoint-index.js';
import { EVENT_TYPE } from '../../events/openapi-events.js';
import { DeliveryDto } from './answers.dto.js';
import { emptyIsAbsent } from './filter.js';
import { IsJsonObject } from './json-object.validator.js';

const time = { format: 'date-time', example: '2026-11-24T12:00:00.000Z' } as const;

export class AttemptDto {
  @ApiProperty({ type: 'integer', minimum: 1, description: '1 for the first attempt.' })
  number!: number;

  @ApiProperty(time)
  started_at!: string;

  @ApiProperty({ type: 'integer', nullable: true, minimum: 0 })
  duration_ms!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 503,
    description: 'HTTP status; null = no answer',
  })
  response_code!: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'The first 1 KiB of the answer.' })
  response_body!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'HTTP 503', description: 'null = success' })
  error_message!: string | null;

  @ApiProperty({
    type: String,
    enum: [...ERROR_CODES, null],
    nullable: true,
    description: 'As in a delivery; null = success.',
  })
  error_code!: string | null;
}

export class AttemptListDto {
  @ApiProperty({ type: [AttemptDto], description: 'Oldest first; where there are more, the newest 100.' })
  attempts!: AttemptDto[];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'All attempts that are kept.' })
  total!: number;
}

export class EventDto {
  @ApiProperty({
    example: '0190b6e2-0000-7000-8000-000000000003',
    description: 'Receivers see it as webhook-id.',
  })
  id!: string;

  @ApiProperty({ example: 'entity.created' })
  event!: string;

  @ApiProperty({ type: String, nullable: true })
  project_id!: string | null;

  @ApiProperty({
    example: '2026-11-24T12:00:00.000Z',
    description: 'As the emitter gave it, else created_at.',
  })
  timestamp!: string;

  @ApiProperty({ ...time, description: 'When it was accepted.' })
  created_at!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The body that is sent, unchanged.',
  })
  payload!: unknown;

  @ApiProperty({
    type: [DeliveryDto],
    description: 'What became of it, without payload (null): the first 1000. None = no webhook matched.',
  })
  deliveries!: DeliveryDto[];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Its deliveries that are kept.' })
  total!: number;
}

export class MatchQueryDto {
  @ApiProperty({ format: EVENT_TYPE, example: 'entity.created', description: 'Another value is 400.' })
  @IsString()
  event!: string;

  @ApiPropertyOptional({ maxLength: 255, description: 'Of the event; empty = it has none.' })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsString()
  @MaxLength(255)
  project_id?: string;

  @ApiPropertyOptional({
    format: 'json-object',
    example: '{"type":"person"}',
    description:
      'The `data` of the event, a JSON object as text, for the filters of webhooks; without it they are asked about an event without data. It stands in the URL, which proxies may write down: `POST /webhooks/match` takes it in a body.',
  })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsJsonObject()
  data?: string;
}

/** Only for the documentation: it is checked as an event is, by hand. */
export class MatchWebhooksDto {
  @ApiProperty({ format: EVENT_TYPE, example: 'entity.created', description: 'Another value is 400.' })
  event!: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 255,
    description: 'Of the event; null = it has none.',
  })
  project_id?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { type: 'person' },
    description: 'The data of the event, for the filters of webhooks. Default: {}.',
  })
  data?: Readonly<Record<string, unknown>> | null;
}

export class MatchedDto {
  @ApiProperty({ example: '0190b6e2-0000-7000-8000-000000000001' })
  webhook_id!: string;

  @ApiProperty()
  name!: string;
}

export class UnmatchedDto extends MatchedDto {
  @ApiProperty({ enum: MISMATCHES, description: 'The first that applies, in this order.' })
  reason!: Mismatch;
}

export class MatchDto {
  @ApiProperty({ type: [MatchedDto], description: 'The first 1000.' })
  would_receive!: MatchedDto[];

  @ApiProperty({ type: 'integer', minimum: 0 })
  would_receive_total!: number;

  @ApiProperty({ type: [UnmatchedDto], description: 'The first 1000.' })
  would_not!: UnmatchedDto[];

  @ApiProperty({ type: 'integer', minimum: 0 })
  would_not_total!: number;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CIRCUITS, type Circuit } from '../webhook.js';
import { WebhookRetryConfigDto } from './retry-config.dto.js';

const time = { format: 'date-time', example: '2026-11-24T12:00:00.000Z' } as const;
const nullableTime = { type: String, nullable: true, ...time } as const;

export class WebhookDto {
  @ApiProperty({ example: '0190b6e2-0000-7000-8000-000000000001' })
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ type: String, nullable: true, description: 'What it is for, for people.' })
  description!: string | null;

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

  @ApiProperty({ type: WebhookRetryConfigDto })
  retry_config!: WebhookRetryConfigDto;

  @ApiProperty({ description: 'Whether requests are signed. The secret itself is never answered.' })
  has_secret!: boolean;

  @ApiProperty({
    description:
      'Whether no key of the operator opens its secret or headers, which are then shown as none: its deliveries wait.',
  })
  locked!: boolean;

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

  @ApiProperty({
    ...nullableTime,
    description: 'The first failed attempt since the last success; null = it does not fail.',
  })
  failing_since!: string | null;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Failed attempts since the last success.' })
  consecutive_failures!: number;

  @ApiProperty({
    enum: CIRCUITS,
    description:
      'open = so many attempts in a row failed, or one was blocked, that only single probes go out until one succeeds.',
  })
  circuit!: Circuit;

  @ApiProperty({
    ...nullableTime,
    description:
      'The oldest delivery that ended as failed in the last outage: where POST …/recover begins; null = there is none.',
  })
  missed_since!: string | null;

  @ApiProperty({
    example: 'basset',
    description: 'What its events are rendered by: see GET /webhooks/formats.',
  })
  format!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The options of the format; secret ones are shown as ***.',
  })
  format_options!: Readonly<Record<string, unknown>>;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description:
      'Rises when the format renders something otherwise; 0 = this service does not know the format.',
  })
  format_version!: number;

  @ApiProperty({ type: [String], description: 'What is probably not as it was meant.' })
  warnings!: readonly string[];

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Its own pace; null = as the format, else the service, has it.',
  })
  max_requests_per_second!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Which of the matching events it gets; null = all.',
  })
  filter!: string | null;
}

export class CreatedWebhookDto extends WebhookDto {
  @ApiPropertyOptional({
    readOnly: true,
    description: 'The secret that was made: shown here only. Absent when none was made.',
  })
  secret?: string;
}

export class RotatedSecretDto extends CreatedWebhookDto {
  @ApiProperty({
    ...nullableTime,
    description: 'Until then the former secret signs along; null = none does.',
  })
  previous_secret_expires_at!: string | null;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { BUCKETS, type BucketName } from '../../history/activity/activity-sums.js';
import { IsTimestamp } from './list-query.dto.js';
import { emptyIsAbsent, IdFilter } from './filter.js';

const number = { type: 'integer', minimum: 0 } as const;

export class ActivityQueryDto {
  @IdFilter('Of this webhook, also a deleted one; empty = of all.')
  webhook_id?: string;

  @ApiPropertyOptional({
    anyOf: [
      { type: 'string', format: 'date-time' },
      { type: 'string', enum: [''] },
    ],
    description:
      'From the hour, or the day in UTC, of this time on; 30 days are kept. Without it: the last 24 hours, or with bucket=day all that is kept.',
  })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsTimestamp()
  since?: string;

  @ApiPropertyOptional({
    enum: [...Object.keys(BUCKETS), ''],
    description: 'How long a bucket is. Default: hour.',
  })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsIn(Object.keys(BUCKETS))
  bucket?: BucketName;

  @ApiPropertyOptional({ enum: ['webhook', ''], description: 'webhook: one sum for each webhook instead.' })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsIn(['webhook'])
  group?: 'webhook';
}

export class ByAnswerDto {
  @ApiProperty(number)
  '2xx'!: number;

  @ApiProperty(number)
  '3xx'!: number;

  @ApiProperty(number)
  '4xx'!: number;

  @ApiProperty(number)
  '5xx'!: number;

  @ApiProperty({ ...number, description: 'No answer came, or the request was never made.' })
  none!: number;
}

class SumsDto {
  @ApiProperty({ ...number, description: 'Deliveries that arrived.' })
  succeeded!: number;

  @ApiProperty({ ...number, description: 'Deliveries that ended as failed.' })
  failed!: number;

  @ApiProperty({ ...number, description: 'Requests to receivers.' })
  attempts!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    minimum: 0,
    description: 'How long an attempt took on average; null = there was none.',
  })
  mean_ms!: number | null;

  @ApiProperty({ type: ByAnswerDto, description: 'The attempts by what came back.' })
  by_answer!: ByAnswerDto;
}

export class ActivityBucketDto extends SumsDto {
  @ApiProperty({ format: 'date-time', example: '2026-11-24T12:00:00.000Z', description: 'Where it begins.' })
  from!: string;
}

export class WebhookActivityDto extends SumsDto {
  @ApiProperty({ example: '0190b6e2-0000-7000-8000-000000000001' })
  webhook_id!: string;
}

export class ActivityDto {
  @ApiPropertyOptional({
    type: [ActivityBucketDto],
    description: 'Oldest first, also those in which nothing happened; not with group.',
  })
  buckets?: ActivityBucketDto[];

  @ApiPropertyOptional({
    type: [WebhookActivityDto],
    description: 'With group=webhook: those with any activity, 10,000 at most.',
  })
  webhooks?: WebhookActivityDto[];
}

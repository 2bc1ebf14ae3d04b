import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { DELIVERY_STATUSES } from '../delivery/model/delivery.js';
import { EVENT_TYPE } from '../events/openapi-events.js';
import { TOPICS } from './feed-item.js';
import { emptyIsAbsent, IdFilter } from '../webhooks/dto/filter.js';

/** All of them narrow the stream; empty = no filter. */
export class FeedQueryDto {
  @ApiPropertyOptional({
    example: 'deliveries,webhooks',
    description: `Some of ${TOPICS.join(', ')}, separated by commas; without it all of them.`,
  })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsString()
  @MaxLength(100)
  topics?: string;

  @IdFilter('What concerns this webhook.')
  webhook_id?: string;

  @ApiPropertyOptional({
    anyOf: [
      { type: 'string', format: EVENT_TYPE },
      { type: 'string', enum: [''] },
    ],
    description: 'Deliveries and events of this type; another value is 400.',
  })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsString()
  event?: string;

  @IdFilter('Deliveries and events of exactly this project.')
  project_id?: string;

  @ApiPropertyOptional({
    enum: [...DELIVERY_STATUSES, ''],
    description: 'Deliveries that an attempt has left in this state; another value is 400.',
  })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsString()
  status?: string;
}

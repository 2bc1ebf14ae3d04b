import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { IsTimestamp } from './list-query.dto.js';

export class RecoverWebhookDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    description:
      'Deliveries created at or after. Without both: since the last outage began, see missed_since.',
  })
  @IsOptional()
  @IsTimestamp()
  since?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'Deliveries created before.',
  })
  @IsOptional()
  @IsTimestamp()
  until?: string | null;

  @ApiPropertyOptional({
    type: Boolean,
    nullable: true,
    default: false,
    description: 'Only count what would be queued again; nothing is changed.',
  })
  @IsOptional()
  @IsBoolean()
  dry_run?: boolean | null;
}

export class RecoveryDto {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Deliveries that wait again.' })
  requeued!: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    description: 'Only in the answer to a dry_run: how many there are to queue again.',
  })
  would_requeue?: number;
}

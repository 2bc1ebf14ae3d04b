import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
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
}

export class RecoveryDto {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Deliveries that wait again.' })
  requeued!: number;
}

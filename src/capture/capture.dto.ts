import { ApiProperty } from '@nestjs/swagger';

const nullableTime = { type: String, nullable: true, format: 'date-time' } as const;

export class CaptureStatusDto {
  @ApiProperty({
    enum: ['active', 'inactive', 'off'],
    description: '`inactive`: changes of the graph are not captured.',
  })
  state!: 'active' | 'inactive' | 'off';

  @ApiProperty({ type: String, enum: ['plugin'], nullable: true })
  writer!: 'plugin' | null;

  @ApiProperty({ example: 0, description: 'Transactions and emitted events that wait to become events.' })
  rows_waiting!: number;

  @ApiProperty({ ...nullableTime, description: 'Of the first change that waits.' })
  oldest_at!: string | null;

  @ApiProperty({
    example: 0,
    description: 'Rows that were set aside (label `WebhookOutboxRejected`, with their reason).',
  })
  rejected!: number;

  @ApiProperty({ type: String, nullable: true })
  last_error!: string | null;

  @ApiProperty({ ...nullableTime, description: 'Since when changes were lost; null = none were.' })
  gap_since!: string | null;
}

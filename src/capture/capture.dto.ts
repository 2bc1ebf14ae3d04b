import { ApiProperty } from '@nestjs/swagger';

const nullableTime = { type: String, nullable: true, format: 'date-time' } as const;

/** What no scan can find: in the words in which the API says it. */
export const CANNOT_KNOW = [
  'What was made and deleted again, and values in between.',
  'The order in which things changed, and when.',
  'What happened before the first scan.',
  'Which properties of a relationship in `Tagged People` changed, if they are longer than 32 KiB.',
] as const;

export class ScanDto {
  @ApiProperty({ format: 'date-time' })
  finished_at!: string;

  @ApiProperty({ type: 'integer', description: 'Entities, orphans and projects that were looked at.' })
  looked_at!: number;

  @ApiProperty({ type: 'integer', description: 'Of how many nobody had been told; their events were made.' })
  found!: number;

  @ApiProperty({ description: 'Nothing was known before: what was there then counts as told.' })
  is_first!: boolean;
}

export class ScanAskedDto {
  @ApiProperty({
    format: 'date-time',
    description: 'Since when it is asked for; `GET /capture` tells its end.',
  })
  asked_at!: string;

  @ApiProperty({ type: [String], example: CANNOT_KNOW, description: 'What it cannot find.' })
  cannot_know!: string[];
}

export class CaptureStatusDto {
  @ApiProperty({
    enum: ['active', 'inactive', 'off'],
    description: '`inactive`: changes of the graph are not captured.',
  })
  state!: 'active' | 'inactive' | 'off';

  @ApiProperty({ type: String, enum: ['plugin', 'apoc'], nullable: true })
  writer!: 'plugin' | 'apoc' | null;

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

  @ApiProperty({ ...nullableTime, description: 'Since when a scan is asked for that is not over.' })
  scan_asked_at!: string | null;

  @ApiProperty({ type: ScanDto, nullable: true, description: 'The last scan for what was missed.' })
  last_scan!: ScanDto | null;
}

import { ApiProperty } from '@nestjs/swagger';

class ServerDto {
  @ApiProperty({ example: '5.26.28' })
  version!: string;

  @ApiProperty({ example: 'community' })
  edition!: string;

  @ApiProperty({ description: 'Whether this service started it, and keeps it in DATA_DIR.' })
  embedded!: boolean;
}

class InstanceDto {
  @ApiProperty({ description: 'The name of its machine.' })
  host!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-24T12:00:00.000Z' })
  started_at!: string;
}

class CaptureDto {
  @ApiProperty({ enum: ['active', 'inactive', 'off'], description: 'As in `GET /capture`.' })
  state!: 'active' | 'inactive' | 'off';

  @ApiProperty({ type: String, enum: ['plugin', 'apoc'], nullable: true })
  writer!: 'plugin' | 'apoc' | null;
}

class LimitsDto {
  @ApiProperty({ description: 'DELIVERY_TIMEOUT_SECONDS' })
  delivery_timeout_seconds!: number;

  @ApiProperty({ description: 'DISABLE_AFTER_DAYS; 0 = never' })
  disable_after_days!: number;

  @ApiProperty({ type: 'integer', description: 'DISABLE_AFTER_FAILURES' })
  disable_after_failures!: number;

  @ApiProperty({
    description: 'BREAKER_MAX_PAUSE_SECONDS: the longest pause between probes of one that fails',
  })
  breaker_max_pause_seconds!: number;

  @ApiProperty({ type: 'integer', description: 'MAX_DELIVERIES: finished deliveries kept for each webhook' })
  max_deliveries!: number;

  @ApiProperty({ type: 'integer', description: 'MAX_EVENT_BYTES' })
  max_event_bytes!: number;
}

export class InfoDto {
  @ApiProperty({ example: '0.1.0' })
  version!: string;

  @ApiProperty({ example: '22.12.0', description: 'Version of Node.js.' })
  node!: string;

  @ApiProperty({ type: ServerDto })
  neo4j!: ServerDto;

  @ApiProperty({ type: [InstanceDto], description: 'All that run on this graph.' })
  instances!: InstanceDto[];

  @ApiProperty({ type: CaptureDto, description: 'Whether changes of the graph become events.' })
  capture!: CaptureDto;

  @ApiProperty({ type: 'integer', minimum: 0 })
  uptime_seconds!: number;

  @ApiProperty({ type: LimitsDto })
  limits!: LimitsDto;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Name of the API key that this request came with; null = no keys are set.',
  })
  caller!: string | null;

  @ApiProperty({ description: 'Whether this key may only look.' })
  read_only!: boolean;
}

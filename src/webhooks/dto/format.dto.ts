import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PreviewEventDto } from '../../events/event.dto.js';

const FREE = { type: 'object', additionalProperties: true } as const;

export class FormatRateDto {
  @ApiProperty({ type: Number, nullable: true, description: 'null = the throttle of the service only' })
  per_second!: number | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'So many may go at once after a rest.' })
  burst!: number;

  @ApiProperty({ enum: ['url', 'destination'], description: 'What shares it.' })
  per!: 'url' | 'destination';
}

export class FormatDto {
  @ApiProperty({ example: 'slack' })
  format!: string;

  @ApiProperty({ example: 'Slack (incoming webhook)' })
  title!: string;

  @ApiProperty({ example: 'chat', enum: ['chat', 'siem', 'logs', 'events', 'monitoring', 'custom'] })
  category!: string;

  @ApiProperty({ type: 'integer', minimum: 1 })
  version!: number;

  @ApiProperty({ description: 'What a good URL looks like.' })
  url_rule!: string;

  @ApiProperty({ description: 'Whether whoever knows the URL can send: it is encrypted and shown with ***.' })
  url_is_secret!: boolean;

  @ApiProperty({ ...FREE, description: 'JSON Schema (2020-12); "writeOnly": true marks a secret.' })
  options_schema!: Readonly<Record<string, unknown>>;

  @ApiProperty({ type: FormatRateDto })
  rate!: FormatRateDto;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'What the receiver takes at most.',
  })
  limits!: Readonly<Record<string, number>>;

  @ApiProperty({ example: 'docs/formats/slack.md' })
  docs!: string;
}

export class FormatsDto {
  @ApiProperty({ type: [FormatDto] })
  formats!: FormatDto[];

  @ApiProperty({ type: 'integer' })
  total!: number;
}

export class PreviewStoredDto {
  @ApiPropertyOptional({ type: PreviewEventDto, nullable: true, description: 'Default: a sample.' })
  event?: PreviewEventDto | null;
}

export class PreviewDto {
  @ApiProperty({ enum: ['POST', 'PUT'] })
  method!: 'POST' | 'PUT';

  @ApiProperty({ description: 'As it may be shown.' })
  url!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'As they may be shown; signatures depend on the time of sending.',
  })
  headers!: Readonly<Record<string, string>>;

  @ApiProperty({ example: 'application/json' })
  content_type!: string;

  @ApiProperty({ description: 'The body as text, without secrets.' })
  body!: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Of the body that would be sent.' })
  bytes!: number;

  @ApiProperty({ description: 'Whether something was cut to stay within the limits of the receiver.' })
  truncated!: boolean;

  @ApiProperty({ type: [String] })
  warnings!: readonly string[];
}

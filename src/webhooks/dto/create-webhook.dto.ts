import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMinSize,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { ALL_FORMATS } from '../../formats/catalogue.js';
import { HEADER_VALUE, MAX_HEADERS } from '../webhook-headers.js';
import { LIMITS, NAME_PATTERN, PACE_LIMIT } from '../webhook-limits.js';
import { EVENT_PATTERN } from '../../events/openapi-events.js';
import { RetryConfigDto } from './retry-config.dto.js';
import { IsStringMap } from './string-map.validator.js';

/** A field that may be left out but not be null. */
const IfGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

export class CreateWebhookDto {
  @ApiProperty({ minLength: 1, maxLength: LIMITS.name, pattern: NAME_PATTERN, example: 'Case alerts' })
  @IsString()
  @MinLength(1)
  @MaxLength(LIMITS.name)
  name!: string;

  @ApiProperty({
    minLength: 1,
    maxLength: LIMITS.url,
    format: 'uri',
    example: 'https://example.com/hooks/basset',
    description:
      'http:// or https://, with a host, without user:password@ and #fragment. Only public addresses, unless the operator allows others.',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(LIMITS.url)
  url!: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    default: null,
    maxLength: LIMITS.secret,
    writeOnly: true,
    description:
      'Signs every request; null or empty = unsigned. Never returned. whsec_<base64> as in Standard Webhooks, or any text.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LIMITS.secret)
  secret?: string | null;

  @ApiPropertyOptional({
    default: false,
    description: 'Make a secret and answer it, this once. Not together with a secret of your own.',
  })
  @IfGiven()
  @IsBoolean()
  generate_secret?: boolean;

  @ApiProperty({
    type: 'array',
    items: { type: 'string', format: EVENT_PATTERN },
    minItems: 1,
    maxItems: LIMITS.events,
    example: ['entity.created', 'orphan.*'],
    description: 'Event types of GET /webhooks/events; also `*` and families such as `entity.*`.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(LIMITS.events)
  @IsString({ each: true })
  events!: string[];

  @ApiPropertyOptional({ default: true })
  @IfGiven()
  @IsBoolean()
  active?: boolean;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', pattern: HEADER_VALUE.source },
    default: {},
    maxProperties: MAX_HEADERS,
    example: { 'X-Team': 'osint' },
    description: 'Sent with every request: at most 50, 8 KiB in all; not those that the service sets itself.',
  })
  @IfGiven()
  @IsStringMap()
  headers?: Record<string, string>;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    default: null,
    maxLength: LIMITS.projectId,
    description: 'Only events of this project (id or safe name); null = global.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LIMITS.projectId)
  project_id?: string | null;

  @ApiPropertyOptional({
    type: RetryConfigDto,
    nullable: true,
    default: null,
    description: 'null = the defaults',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  retry_config?: RetryConfigDto | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    default: null,
    enum: [...ALL_FORMATS.map(({ name }) => name), null],
    example: 'slack',
    description:
      'What the receiver takes: a format of GET /webhooks/formats; null = basset, the event as it is.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  format?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    default: null,
    description: 'As the options_schema of the format says; an unknown one is refused.',
  })
  @IsOptional()
  @IsObject()
  format_options?: Record<string, unknown> | null;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    default: null,
    minimum: PACE_LIMIT.min,
    maximum: PACE_LIMIT.max,
    description:
      'The webhook’s own pace, below that of its destination; null = as the format, else the service, has it.',
  })
  @IsOptional()
  @IsNumber()
  max_requests_per_second?: number | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    default: null,
    maxLength: LIMITS.filter,
    example: "data.type == 'person' && data.risk >= 7",
    description:
      'A JSON-e expression over event, project_id, data and severity: only what makes it true is delivered. A name that is missing makes it false. null = every event that matches.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LIMITS.filter)
  filter?: string | null;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { ALL_FORMATS } from '../../formats/catalogue.js';
import { HEADER_VALUE, MAX_HEADERS } from '../webhook-headers.js';
import { LIMITS, NAME_PATTERN, PACE_LIMIT } from '../webhook-limits.js';
import { EVENT_PATTERN } from '../../events/openapi-events.js';
import { RetryConfigDto } from './retry-config.dto.js';
import { IsStringMap } from './string-map.validator.js';

/** A field that is null or left out stays as it is. */
export class UpdateWebhookDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    minLength: 1,
    maxLength: LIMITS.name,
    pattern: NAME_PATTERN,
  })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(LIMITS.name)
  name?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, minLength: 1, maxLength: LIMITS.url, format: 'uri' })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(LIMITS.url)
  url?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: LIMITS.secret,
    writeOnly: true,
    description: 'Empty = unsigned from now on.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LIMITS.secret)
  secret?: string | null;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', format: EVENT_PATTERN },
    nullable: true,
    minItems: 1,
    maxItems: LIMITS.events,
    description: 'Replaces all.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(LIMITS.events)
  @IsString({ each: true })
  events?: string[] | null;

  @ApiPropertyOptional({ type: Boolean, nullable: true })
  @IsOptional()
  @IsBoolean()
  active?: boolean | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', pattern: HEADER_VALUE.source },
    maxProperties: MAX_HEADERS,
    nullable: true,
    description: 'Replaces all.',
  })
  @IsOptional()
  @IsStringMap()
  headers?: Record<string, string> | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: LIMITS.projectId,
    description: 'Empty = global from now on.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LIMITS.projectId)
  project_id?: string | null;

  @ApiPropertyOptional({
    type: RetryConfigDto,
    nullable: true,
    description: 'Replaces all four values; what is left out has its default.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  retry_config?: RetryConfigDto | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    enum: [...ALL_FORMATS.map(({ name }) => name), null],
    example: 'slack',
    description: 'Another format takes its options anew.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  format?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Replaces all; *** keeps the value of a secret one.',
  })
  @IsOptional()
  @IsObject()
  format_options?: Record<string, unknown> | null;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    minimum: PACE_LIMIT.min,
    maximum: PACE_LIMIT.max,
    description: 'The webhook’s own pace, below that of its destination.',
  })
  @IsOptional()
  @IsNumber()
  max_requests_per_second?: number | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: LIMITS.filter,
    example: "data.type == 'person' && data.risk >= 7",
    description:
      'A JSON-e expression over event, project_id, data and severity: only what makes it true is delivered. A name that is missing makes it false. Empty = none from now on.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LIMITS.filter)
  filter?: string | null;
}

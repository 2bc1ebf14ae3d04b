import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { HEADER_VALUE, MAX_HEADERS } from '../webhook-headers.js';
import { LIMITS, NAME_PATTERN, RETRY_LIMITS } from '../webhook-limits.js';
import { EVENT_PATTERN } from '../../events/openapi-events.js';
import { UpdateWebhookDto } from './update-webhook.dto.js';

const { max_retries, initial_delay, max_delay, backoff_multiplier } = RETRY_LIMITS;
const cleared = { type: Number, nullable: true } as const;

/** Each value for itself; null brings its default back. */
export class PatchRetryConfigDto {
  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: max_retries.min,
    maximum: max_retries.max,
  })
  max_retries?: number | null;

  @ApiPropertyOptional({ ...cleared, minimum: initial_delay.min, maximum: initial_delay.max })
  initial_delay?: number | null;

  @ApiPropertyOptional({ ...cleared, minimum: max_delay.min, maximum: max_delay.max })
  max_delay?: number | null;

  @ApiPropertyOptional({ ...cleared, minimum: backoff_multiplier.min, maximum: backoff_multiplier.max })
  backoff_multiplier?: number | null;
}

/** Only for the documentation: what is patched is checked as a whole. Null clears, so what must be there cannot be null. */
export class PatchWebhookDto extends OmitType(UpdateWebhookDto, ['retry_config']) {
  @ApiPropertyOptional({ nullable: false, minLength: 1, maxLength: LIMITS.name, pattern: NAME_PATTERN })
  declare name?: string;

  @ApiPropertyOptional({ nullable: false, minLength: 1, maxLength: LIMITS.url, format: 'uri' })
  declare url?: string;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: LIMITS.secret, writeOnly: true })
  declare secret?: string | null;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', format: EVENT_PATTERN },
    nullable: false,
    minItems: 1,
    maxItems: LIMITS.events,
    description: 'Replaces all.',
  })
  declare events?: string[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', nullable: true, pattern: HEADER_VALUE.source },
    maxProperties: MAX_HEADERS,
    nullable: true,
    description: 'Merged; null takes one away.',
  })
  declare headers?: Record<string, string> | null;

  @ApiPropertyOptional({
    type: PatchRetryConfigDto,
    nullable: true,
    description: 'Merged; null = the defaults.',
  })
  retry_config?: PatchRetryConfigDto | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Merged; null takes one away. *** keeps the value of a secret one.',
  })
  declare format_options?: Record<string, unknown> | null;
}

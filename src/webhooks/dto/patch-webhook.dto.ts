import { ApiPropertyOptional } from '@nestjs/swagger';
import { HEADER_VALUE, MAX_HEADERS } from '../webhook-headers.js';
import { LIMITS } from '../webhook-limits.js';
import { EVENT_PATTERN } from '../openapi-events.js';
import { UpdateWebhookDto } from './update-webhook.dto.js';

/** Only for the documentation: what is patched is checked as a whole. Null clears, so what must be there cannot be null. */
export class PatchWebhookDto extends UpdateWebhookDto {
  @ApiPropertyOptional({ nullable: false, minLength: 1, maxLength: LIMITS.name })
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
}

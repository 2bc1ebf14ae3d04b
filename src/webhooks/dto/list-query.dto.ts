import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateBy,
  type ValidationArguments,
} from 'class-validator';
import { isCursor } from '../cursor.js';
import { EVENT_TYPE } from '../../events/openapi-events.js';
import { isTimestamp } from '../../common/timestamp.js';
import { emptyIsAbsent, IdFilter } from './filter.js';

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  on: true,
  false: false,
  '0': false,
  no: false,
  off: false,
};

function toFlag(value: unknown): unknown {
  return typeof value === 'string' ? (FLAGS[value.toLowerCase()] ?? value) : value;
}

/** Only digits make a number: '1e2', ' 5' and '' do not. */
function toInteger(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
}

function IsCursor(): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && isCursor(value);
  const defaultMessage = (): string => 'cursor must be the next_cursor of the page before';
  return ValidateBy({ name: 'isCursor', validator: { validate, defaultMessage } });
}

/** In a query a `+` that is not escaped arrives as a space. */
const LOST_PLUS = /\d \d{2}:\d{2}$/;

/** An RFC 3339 time. */
export function IsTimestamp(): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && isTimestamp(value);
  const defaultMessage = (given?: ValidationArguments): string => {
    const rule = '$property must be an RFC 3339 time such as 2026-01-31T12:00:00Z';
    const value: unknown = given?.value;
    if (typeof value !== 'string' || !LOST_PLUS.test(value)) return rule;
    return `${rule}; there is a space where its offset begins: in a URL write + as %2B`;
  };
  return ValidateBy({ name: 'isTimestamp', validator: { validate, defaultMessage } });
}

/** What else may be given: nothing, which is no filter. */
const EMPTY = { type: 'string', enum: [''] };
const TIME = { anyOf: [{ type: 'string', format: 'date-time' }, EMPTY] };

export class PageQueryDto {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 50 })
  @IsOptional()
  @Transform(({ value }) => toInteger(value))
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number;

  @ApiPropertyOptional({
    anyOf: [{ type: 'string', format: 'cursor', minLength: 1, maxLength: 400 }, EMPTY],
    description: 'The next_cursor of the page before; empty = the first page.',
  })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsCursor()
  cursor?: string;
}

/** One value of `active_only` in each spelling: true, false, 1, 0, yes, no, on, off, any case. */
export class ActiveQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, description: 'Without it: all.' })
  declare limit?: number;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'true, 1, yes, on; false, 0, no, off; any case.',
  })
  @IsOptional()
  @Transform(({ value }) => toFlag(value))
  @IsBoolean()
  active_only?: boolean;
}

export class WebhookQueryDto extends ActiveQueryDto {
  @IdFilter('Webhooks of this project and global ones; empty = all.')
  project_id?: string;
}

export class WebhookDeliveryQueryDto extends PageQueryDto {
  @ApiPropertyOptional({
    enum: ['pending', 'sending', 'success', 'failed', 'retrying', ''],
    description: 'Empty = all; another value is 400.',
  })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsString()
  status?: string;

  @ApiPropertyOptional({
    type: Boolean,
    default: true,
    description:
      'false leaves out the payloads (null). With them a page is at most 4 MiB: fewer rows, and next_cursor.',
  })
  @IsOptional()
  @Transform(({ value }) => toFlag(value))
  @IsBoolean()
  payload?: boolean;
}

export class DeliveryQueryDto extends WebhookDeliveryQueryDto {
  @IdFilter()
  webhook_id?: string;

  @ApiPropertyOptional({
    anyOf: [{ type: 'string', format: EVENT_TYPE }, EMPTY],
    example: 'entity.created',
    description: 'An event type; empty = all; another value is 400.',
  })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsString()
  event?: string;

  @IdFilter('Deliveries of events of exactly this project.')
  project_id?: string;

  @ApiPropertyOptional({ ...TIME, description: 'Created at or after.' })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsTimestamp()
  since?: string;

  @ApiPropertyOptional({ ...TIME, description: 'Created before.' })
  @IsOptional()
  @Transform(emptyIsAbsent)
  @IsTimestamp()
  until?: string;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { GRACE_PERIOD, LIMITS } from '../webhook-limits.js';

export class RotateSecretDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    default: null,
    minLength: 1,
    maxLength: LIMITS.secret,
    writeOnly: true,
    description: 'The new secret; null = one is made and answered, this once.',
  })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(LIMITS.secret)
  secret?: string | null;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    default: GRACE_PERIOD.default,
    minimum: GRACE_PERIOD.min,
    maximum: GRACE_PERIOD.max,
    description: 'How long the former secret signs along, seconds; 0 = it is over at once, as after a leak.',
  })
  @IsOptional()
  @IsInt()
  @Min(GRACE_PERIOD.min)
  @Max(GRACE_PERIOD.max)
  grace_period_seconds?: number | null;
}

import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsNumber, Max, Min, ValidateIf } from 'class-validator';
import { RETRY_LIMITS } from '../webhook-limits.js';

const { max_retries, initial_delay, max_delay, backoff_multiplier } = RETRY_LIMITS;

/** Nothing is the default; null is none of the numbers. */
const IsGiven = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined);

/** When and how often a failed attempt is repeated. What is left out has the default of the service. */
export class RetryConfigDto {
  @ApiProperty({
    type: 'integer',
    minimum: max_retries.min,
    maximum: max_retries.max,
    default: 3,
    required: false,
    description: 'Attempts after the first one.',
  })
  @IsGiven()
  @IsInt()
  @Min(max_retries.min)
  @Max(max_retries.max)
  max_retries?: number;

  @ApiProperty({
    minimum: initial_delay.min,
    maximum: initial_delay.max,
    default: 1,
    required: false,
    description: 'Seconds before the first retry.',
  })
  @IsGiven()
  @IsNumber()
  @Min(initial_delay.min)
  @Max(initial_delay.max)
  initial_delay?: number;

  @ApiProperty({
    minimum: max_delay.min,
    maximum: max_delay.max,
    default: 60,
    required: false,
    description: 'Longest wait between two attempts, seconds.',
  })
  @IsGiven()
  @IsNumber()
  @Min(max_delay.min)
  @Max(max_delay.max)
  max_delay?: number;

  @ApiProperty({
    minimum: backoff_multiplier.min,
    maximum: backoff_multiplier.max,
    default: 2,
    required: false,
    description: 'Each wait is this many times the one before.',
  })
  @IsGiven()
  @IsNumber()
  @Min(backoff_multiplier.min)
  @Max(backoff_multiplier.max)
  backoff_multiplier?: number;
}

/** The retry configuration of a webhook as it is answered: all of it. */
export class WebhookRetryConfigDto {
  @ApiProperty({ type: 'integer' })
  max_retries!: number;

  @ApiProperty({ description: 'Seconds.' })
  initial_delay!: number;

  @ApiProperty({ description: 'Seconds.' })
  max_delay!: number;

  @ApiProperty()
  backoff_multiplier!: number;
}

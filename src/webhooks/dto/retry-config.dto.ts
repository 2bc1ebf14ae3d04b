import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsNumber, Max, Min } from 'class-validator';
import { DEFAULT_RETRY_CONFIG } from '../../delivery/delivery.js';

/** When and how often a failed attempt is repeated. What is left out has its default. */
export class RetryConfigDto {
  @ApiProperty({ type: 'integer', minimum: 0, maximum: 10, default: 3, required: false, description: 'Attempts after the first one.' })
  @IsInt()
  @Min(0)
  @Max(10)
  max_retries: number = DEFAULT_RETRY_CONFIG.maxRetries;

  @ApiProperty({ minimum: 0.1, maximum: 60, default: 1, required: false, description: 'Seconds before the first retry.' })
  @IsNumber()
  @Min(0.1)
  @Max(60)
  initial_delay: number = DEFAULT_RETRY_CONFIG.initialDelay;

  @ApiProperty({ minimum: 1, maximum: 3600, default: 60, required: false, description: 'Longest wait between two attempts, seconds.' })
  @IsNumber()
  @Min(1)
  @Max(3600)
  max_delay: number = DEFAULT_RETRY_CONFIG.maxDelay;

  @ApiProperty({ minimum: 1, maximum: 10, default: 2, required: false, description: 'Each wait is this many times the one before.' })
  @IsNumber()
  @Min(1)
  @Max(10)
  backoff_multiplier: number = DEFAULT_RETRY_CONFIG.backoffMultiplier;
}

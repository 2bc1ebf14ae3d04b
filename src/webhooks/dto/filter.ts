import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, MaxLength } from 'class-validator';

/** For `@Transform`: a text or a choice that is given without a value is not given. Numbers and flags need one. */
export const emptyIsAbsent = ({ value }: { value: unknown }): unknown => (value === '' ? undefined : value);

/** A filter of a query by the id of something; empty = no filter. */
export function IdFilter(description?: string): PropertyDecorator {
  return applyDecorators(
    // As if they stood above each other: the last one is the first to be applied.
    MaxLength(255),
    IsString(),
    Transform(emptyIsAbsent),
    IsOptional(),
    ApiPropertyOptional({ maxLength: 255, ...(description !== undefined && { description }) }),
  );
}

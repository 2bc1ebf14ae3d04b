import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class FieldErrorDto {
  @ApiProperty({
    type: 'array',
    items: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
    example: ['body', 'events', 0],
    description: 'Where the bad value is: body, query, path or header, then the keys and indexes.',
  })
  loc!: (string | number)[];

  @ApiProperty({ example: 'events must contain at least 1 element' })
  msg!: string;

  @ApiProperty({ example: 'array_min_size', description: 'Stable and machine-readable.' })
  type!: string;
}

/** An error answer (RFC 9457), sent as application/problem+json. */
export class ProblemDto {
  @ApiProperty({ example: 'about:blank' })
  type!: string;

  @ApiProperty({ example: 'Not Found' })
  title!: string;

  @ApiProperty({ type: 'integer', example: 404 })
  status!: number;

  @ApiProperty({
    example: "Webhook '0190b6e2-0000-7000-8000-000000000001' not found",
    description: 'What is wrong.',
  })
  detail!: string;

  @ApiProperty({
    example: '/api/v1/webhooks/0190b6e2-0000-7000-8000-000000000001',
    description: 'The path of the request.',
  })
  instance!: string;

  @ApiPropertyOptional({
    enum: ['unknown'],
    description:
      'Only with 503, for an event: Neo4j fell silent in the middle of the commit. Repeat it with the same id or Idempotency-Key; without this member nothing was stored.',
  })
  stored?: 'unknown';

  @ApiPropertyOptional({ type: [FieldErrorDto], description: 'Every bad field at once; only with 422.' })
  errors?: FieldErrorDto[];
}

import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { asOpenApi31 } from './openapi-31.js';

const schemaAs31 = (schema: object): unknown => {
  const document = { openapi: '3.0.0', components: { schemas: { Some: schema } } } as unknown;
  return asOpenApi31(document as OpenAPIObject).components?.schemas?.['Some'];
};

describe('asOpenApi31', () => {
  it('says null as a type', () => {
    expect(schemaAs31({ type: 'string', nullable: true, format: 'date-time' })).toEqual({
      type: ['string', 'null'],
      format: 'date-time',
    });
  });

  it('says so of what is described elsewhere, and of what has no type', () => {
    const reference = { $ref: '#/components/schemas/Other' };
    const said = { description: 'd', default: {} };
    expect(schemaAs31({ ...said, nullable: true, allOf: [reference] })).toEqual({
      ...said,
      anyOf: [reference, { type: 'null' }],
    });
    expect(schemaAs31({ type: 'object', nullable: true, allOf: [reference] })).toEqual({
      anyOf: [reference, { type: 'null' }],
    });
    const both = { allOf: [reference, { required: ['a'] }] };
    expect(schemaAs31({ nullable: true, ...both })).toEqual({ anyOf: [both, { type: 'null' }] });
  });

  it('finds it at any depth, and changes nothing else', () => {
    const plain = { type: 'object', required: ['a'], properties: { a: { type: 'string', nullable: false } } };
    expect(schemaAs31(plain)).toEqual({ ...plain, properties: { a: { type: 'string' } } });
    expect(schemaAs31({ items: [{ type: 'integer', nullable: true }] })).toEqual({
      items: [{ type: ['integer', 'null'] }],
    });
  });
});

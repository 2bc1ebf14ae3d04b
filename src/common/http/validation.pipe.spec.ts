import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import type { DomainError } from '../domain-error.js';
import { RequestValidationPipe, unprocessable } from './validation.pipe.js';

class Inner {
  @IsString({ message: 'must be a string' })
  name!: string;
}

class Outer {
  @IsInt({ message: 'must be a whole number' })
  count!: number;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Inner)
  list?: Inner[];
}

const pipe = new RequestValidationPipe();
const read = (value: unknown, type: 'body' | 'query' = 'body') =>
  pipe.transform(value, { type, metatype: Outer });

async function refused(value: unknown, type: 'body' | 'query' = 'body'): Promise<DomainError> {
  return read(value, type).then(
    () => Promise.reject(new Error('was accepted')),
    (error: unknown) => error as DomainError,
  );
}

describe('RequestValidationPipe', () => {
  it('makes the DTO and drops what it does not know', async () => {
    const dto = await read({ count: 1, list: [{ name: 'a', other: 1 }], other: 2 });
    expect(dto).toBeInstanceOf(Outer);
    expect(dto).toEqual({ count: 1, list: [{ name: 'a' }] });
  });

  it('names every bad field at once, however deep', async () => {
    const error = await refused({ count: '1', list: [{ name: 'a' }, { name: 2 }] });
    expect(error.kind).toBe('unprocessable');
    expect(error.fields).toEqual([
      { loc: ['body', 'count'], msg: 'must be a whole number', type: 'is_int' },
      { loc: ['body', 'list', 1, 'name'], msg: 'must be a string', type: 'is_string' },
    ]);
    expect(error.message).toBe('count: must be a whole number; list.1.name: must be a string');
  });

  it('says where the value came from', async () => {
    expect((await refused({}, 'query')).fields[0]?.loc).toEqual(['query', 'count']);
  });

  it.each([undefined, null, [], 'x', 1])('wants an object, not %j', async (value) => {
    expect((await refused(value)).message).toBe('The body must be a JSON object');
  });

  it.each(['__proto__', 'constructor', 'prototype'])('is not fooled by a member named %s', async (name) => {
    const dto: any = await read(JSON.parse(`{"count":1,"${name}":{"polluted":true}}`));
    expect(dto.polluted).toBeUndefined();
    expect(dto.constructor).toBe(Outer);
    expect(({} as any).polluted).toBeUndefined();
  });
});

describe('unprocessable', () => {
  it('keeps its sentence short and its list whole', () => {
    const fields = Array.from({ length: 1000 }, (_, i) => ({ loc: ['body', i], msg: 'is bad', type: 't' }));
    const error = unprocessable(fields);
    expect(error.fields).toHaveLength(1000);
    expect(error.message).toMatch(/^0: is bad; 1: is bad;.*; and 990 more$/);
  });
});

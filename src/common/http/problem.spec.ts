import { describe, expect, it } from '@jest/globals';
import { HttpException, InternalServerErrorException, NotFoundException } from '@nestjs/common';
import { DomainError, type DomainErrorKind } from '../domain-error.js';
import { problemBody, problemOf } from './problem.js';

const httpError = (status: number, more: object = {}) =>
  Object.assign(new Error('said so'), { status, ...more });

describe('problemOf', () => {
  it.each<[DomainErrorKind, number]>([
    ['invalid', 400],
    ['not-found', 404],
    ['unprocessable', 422],
    ['unavailable', 503],
  ])('answers a domain error of kind %s with %i', (kind, status) => {
    const { headers, ...problem } = problemOf(new DomainError(kind, 'code', 'what is wrong'));
    expect(problem).toEqual({ status, detail: 'what is wrong', errors: [] });
    expect(headers).toEqual(status === 503 ? { 'Retry-After': expect.stringMatching(/^\d+$/) } : {});
  });

  it('keeps the further members of a domain error, in the body too', () => {
    const error = new DomainError('unavailable', 'code', 'no', [], { stored: 'unknown' });
    expect(problemBody(problemOf(error), '/x')).toMatchObject({ status: 503, stored: 'unknown' });
  });

  it('keeps status, text and headers of what Nest throws', () => {
    const error = Object.assign(new HttpException('no', 405), { headers: { Allow: 'GET' } });
    expect(problemOf(error)).toMatchObject({ status: 405, detail: 'no', headers: { Allow: 'GET' } });
    expect(problemOf(new NotFoundException('Cannot GET /x')).detail).toBe('Cannot GET /x');
    expect(problemOf(new HttpException({ message: ['a', 'b'] }, 400)).detail).toBe('a; b');
  });

  it('takes errors of body-parser that are meant for the caller', () => {
    expect(problemOf(httpError(413, { expose: true }))).toMatchObject({ status: 413, detail: 'said so' });
  });

  it.each([
    new Error('password=x'),
    new InternalServerErrorException('password=x'),
    httpError(400, { expose: false }),
    httpError(500),
    'text',
    null,
    undefined,
  ])('says nothing of the inside (case %#)', (error) => {
    expect(problemOf(error)).toEqual({
      status: 500,
      detail: 'Internal server error',
      errors: [],
      headers: {},
    });
  });
});

describe('problemBody', () => {
  it('has the members of RFC 9457', () => {
    expect(problemBody(problemOf(new DomainError('not-found', 'c', 'gone')), '/x')).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'gone',
      instance: '/x',
    });
  });

  it('names the bad fields, with 422 always', () => {
    const field = { loc: ['body', 'events', 0], msg: 'must be a string', type: 'string_type' };
    const error = new DomainError('unprocessable', 'c', 'x', [field]);
    expect(problemBody(problemOf(error), '/x')['errors']).toEqual([field]);
    expect(problemBody(problemOf(new HttpException('x', 422)), '/x')['errors']).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger, ServiceUnavailableException } from '@nestjs/common';
import { DomainError } from '../domain-error.js';
import { ProblemFilter } from './problem.filter.js';
import { noteCaller, requestContext } from './request-context.js';

const REQUEST = {
  method: 'POST',
  path: '/x',
  originalUrl: '/x?secret=1',
  headers: { 'x-request-id': 'r-1' },
};

function answer(error: unknown, state: object = {}) {
  const request: any = { ...REQUEST };
  const response: any = { setHeader: jest.fn(), ...state };
  for (const method of ['status', 'set', 'type', 'send']) response[method] = jest.fn(() => response);
  requestContext(request, response, () => undefined);
  noteCaller(request, 'ci');
  new ProblemFilter().answer(error, request, response);
  return response;
}

describe('ProblemFilter', () => {
  let logged: ReturnType<typeof jest.spyOn>;
  beforeEach(() => {
    logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('logs the cause of a 500 once, with the request, and answers without it', () => {
    const response = answer(new Error('outer', { cause: new Error('root') }));
    expect(logged).toHaveBeenCalledTimes(1);
    expect(logged).toHaveBeenCalledWith(
      'POST /x failed: Internal server error',
      { request_id: 'r-1', caller: 'ci' },
      expect.stringMatching(/outer[^]*caused by Error: root/),
    );
    expect(response.status).toHaveBeenCalledWith(500);
    expect(response.type).toHaveBeenCalledWith('application/problem+json');
    expect(response.send.mock.calls[0][0]).not.toMatch(/outer|root/);
  });

  it('logs no call that was refused because Neo4j is away: there may be thousands', () => {
    const error = new DomainError('unavailable', 'graph_unavailable', 'away');
    error.cause = new Error('ECONNREFUSED');
    answer(error);
    expect(logged).not.toHaveBeenCalled();
  });

  it('logs neither mistakes of callers nor a readiness check that says no', () => {
    answer(new DomainError('not-found', 'c', 'x'));
    answer(new ServiceUnavailableException('Not ready'));
    expect(logged).not.toHaveBeenCalled();
  });

  it('leaves the query out of the instance', () => {
    expect(JSON.parse(answer(new Error()).send.mock.calls[0][0]).instance).toBe('/x');
  });

  it.each([{ headersSent: true }, { destroyed: true }])('writes nothing when it is too late: %j', (state) => {
    expect(answer(new Error(), state).send).not.toHaveBeenCalled();
  });
});

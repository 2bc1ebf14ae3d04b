import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { accessLog, contextOf, noteCaller, requestContext } from './request-context.js';

function pass(id?: string | string[]) {
  const request: any = { method: 'GET', path: '/x', headers: id === undefined ? {} : { 'x-request-id': id } };
  const response: any = Object.assign(new EventEmitter(), { setHeader: jest.fn(), statusCode: 204 });
  requestContext(request, response, () => undefined);
  return { request, response };
}

const NEW_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('requestContext', () => {
  it('takes the id of the caller and answers it', () => {
    const { request, response } = pass('mine-1');
    expect(contextOf(request)).toEqual({ request_id: 'mine-1' });
    expect(response.setHeader).toHaveBeenCalledWith('X-Request-Id', 'mine-1');
  });

  it.each([undefined, '', 'x'.repeat(129), 'two words', 'ümlaut', 'line\nbreak'])('replaces %j', (id) => {
    expect(contextOf(pass(id).request)?.request_id).toMatch(NEW_ID);
  });

  it('remembers the name of the key', () => {
    const { request } = pass('r');
    noteCaller(request, 'ci');
    expect(contextOf(request)).toEqual({ request_id: 'r', caller: 'ci' });
  });

  it('does without where it is not used', () => {
    const request: any = {};
    noteCaller(request, 'ci');
    expect(contextOf(request)).toBeUndefined();
  });
});

describe('accessLog', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('writes one line when the answer is out', () => {
    const debug = jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => undefined);
    const { request, response } = pass('r');
    accessLog(request, response, () => undefined);
    expect(debug).not.toHaveBeenCalled();
    response.writableFinished = true;
    response.emit('close');
    expect(debug).toHaveBeenCalledWith('GET /x', {
      request_id: 'r',
      status: 204,
      complete: true,
      duration_ms: expect.any(Number),
    });
  });
});

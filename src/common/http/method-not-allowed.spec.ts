import { describe, expect, it } from '@jest/globals';
import type { HttpException } from '@nestjs/common';
import { methodNotAllowed } from './method-not-allowed.js';

const document: any = {
  paths: {
    '/things': { get: {}, post: {} },
    '/things/{id}': { get: {}, delete: {} },
    '/things/stats': { get: {} },
    '/openapi.json': { get: {} },
  },
};
const handler = methodNotAllowed(document);

function refusal(method: string, path: string): (HttpException & { headers: any }) | undefined {
  let refused: any;
  handler({ method, path } as any, {} as any, (error?: any) => (refused = error));
  return refused;
}

describe('methodNotAllowed', () => {
  it.each([
    ['GET', '/things'],
    ['HEAD', '/things'],
    ['POST', '/THINGS/'],
    ['DELETE', '/things/1'],
    ['PUT', '/elsewhere'],
    ['PUT', '/things/1/more'],
    ['PUT', '/openapiXjson'],
  ])('lets %s %s through', (method, path) => {
    expect(refusal(method, path)).toBeUndefined();
  });

  it.each([
    ['PUT', '/things', 'GET, HEAD, POST'],
    ['OPTIONS', '/things', 'GET, HEAD, POST'],
    ['POST', '/Things/1', 'GET, HEAD, DELETE'],
    ['POST', '/things/stats', 'GET, HEAD'],
    ['DELETE', '/things/stats', 'GET, HEAD'],
  ])('refuses %s %s and allows %s', (method, path, allow) => {
    expect(refusal(method, path)?.getStatus()).toBe(405);
    expect(refusal(method, path)?.headers).toEqual({ Allow: allow });
  });
});

import { HttpException } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

interface KnownPath {
  readonly pattern: RegExp;
  readonly literals: number;
  readonly methods: readonly string[];
}

function knownPaths({ paths }: OpenAPIObject): KnownPath[] {
  return Object.entries(paths)
    .map(([path, operations]) => ({
      pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '[^/]+')}/?$`),
      literals: path.split('/').filter((part) => part !== '' && !part.startsWith('{')).length,
      methods: METHODS.filter((method) => operations[method]).map((method) => method.toUpperCase()),
    }))
    .sort((a, b) => b.literals - a.literals);
}

class MethodNotAllowed extends HttpException {
  readonly headers: Readonly<Record<string, string>>;

  constructor(method: string, allowed: readonly string[]) {
    super(`${method} is not possible here; use ${allowed.join(' or ')}`, 405);
    this.headers = { Allow: allowed.join(', ') };
  }
}

/** 405 with `Allow` for a path that exists with other methods (RFC 9110, section 15.5.6); Express itself says 404. */
export function methodNotAllowed(document: OpenAPIObject): RequestHandler {
  const known = knownPaths(document);
  return ({ path, method }: Request, _: Response, next: NextFunction) => {
    const matching = known.filter(({ pattern }) => pattern.test(path));
    const allowed = new Set(matching.flatMap(({ methods }) => methods));
    if (allowed.has('GET')) allowed.add('HEAD');
    const isKnown = allowed.size > 0 && !allowed.has(method) && method !== 'OPTIONS';
    next(isKnown ? new MethodNotAllowed(method, [...allowed]) : undefined);
  };
}

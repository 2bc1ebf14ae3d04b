import { HttpException } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

interface KnownPath {
  readonly path: string;
  readonly pattern: RegExp;
  readonly parameters: number;
  readonly methods: readonly string[];
}

function knownPaths({ paths }: OpenAPIObject): KnownPath[] {
  return Object.entries(paths).map(([path, operations]) => ({
    path,
    // As Express matches: in any case, with or without a slash at the end.
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '[^/]+')}/?$`, 'i'),
    parameters: path.split('{').length - 1,
    methods: METHODS.filter((method) => operations[method]).flatMap((method) =>
      // Express answers HEAD by what it has for GET.
      method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
    ),
  }));
}

class MethodNotAllowed extends HttpException {
  readonly headers: Readonly<Record<string, string>>;

  constructor(method: string, allowed: readonly string[]) {
    super(`${method} is not possible here; use ${allowed.join(' or ')}`, 405);
    this.headers = { Allow: allowed.join(', ') };
  }
}

/** What is possible with a path. A literal one (`/webhooks/stats`) is no id: it wins over those with parameters. */
function methodsOf(path: string, known: readonly KnownPath[]): string[] {
  const matching = known.filter(({ pattern }) => pattern.test(path));
  const fewest = Math.min(...matching.map(({ parameters }) => parameters));
  return matching.filter(({ parameters }) => parameters === fewest).flatMap(({ methods }) => methods);
}

/** 405 with `Allow` for a path that exists with other methods (RFC 9110, section 15.5.6); Express itself says 404. */
export function methodNotAllowed(document: OpenAPIObject): RequestHandler {
  const known = knownPaths(document);
  const usual = new Set(known.flatMap(({ path, methods }) => methods.map((method) => `${method} ${path}`)));
  return ({ path, method }: Request, _: Response, next: NextFunction) => {
    // Of the hot path nothing more is asked than whether it is known by this name.
    if (usual.has(`${method} ${path}`)) {
      next();
      return;
    }
    const allowed = methodsOf(path, known);
    const isPossible = allowed.length === 0 || allowed.includes(method);
    next(isPossible ? undefined : new MethodNotAllowed(method, allowed));
  };
}

import { createHash } from 'node:crypto';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Request } from 'express';
import { DomainError } from '../common/domain-error.js';
import { unprocessable } from '../common/http/validation.pipe.js';
import { IDENTIFIER, keyError } from '../events/event-intake.js';

/** A request to create a webhook that may be repeated under its key. */
export interface KeyedCreation {
  readonly key: string;
  /** SHA-256 (hex) of what was asked for: another request under the same key is a mistake. */
  readonly digest: string;
  /** Whether the service makes the secret, and tells it. */
  readonly generated: boolean;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** @throws DomainError when the key is none */
export function keyedCreation(
  key: string | null | undefined,
  request: { readonly generateSecret?: boolean; readonly [field: string]: unknown },
): KeyedCreation | undefined {
  if (key == null) return undefined;
  const wrong = keyError(key);
  if (wrong) throw unprocessable([wrong]);
  const digest = sha256(JSON.stringify(request));
  return { key, digest, generated: request.generateSecret === true };
}

/** What is remembered of it, encrypted: the request, and the secret that was made, without saying it. */
export function memoryOf({ digest, generated }: KeyedCreation, secret: string | null): string {
  return generated && secret !== null ? `${digest} ${sha256(secret)}` : digest;
}

/**
 * Whether the secret that a webhook has now is the one that its creation told.
 *
 * @param memory what is remembered of the creation; undefined = it cannot be read
 * @throws DomainError `idempotency_conflict` when it was another request
 */
export function toldSecret(
  { key, digest }: KeyedCreation,
  memory: string | undefined,
  secret: string | undefined,
): boolean {
  const [former, made] = memory?.split(' ') ?? [];
  if (former !== digest) throw keyConflict(key);
  return made !== undefined && secret !== undefined && made === sha256(secret);
}

export function keyConflict(key: string): DomainError {
  const msg = `Idempotency-Key '${key}' was used for another webhook; repeat the same request or choose a new one`;
  return new DomainError('unprocessable', 'idempotency_conflict', msg, [
    { loc: ['header', 'idempotency-key'], msg, type: 'idempotency_conflict' },
  ]);
}

/** The key that the caller repeats its request under; undefined = it has none. */
export const CreationKey = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const key = context.switchToHttp().getRequest<Request>().get('idempotency-key');
  return key === undefined ? {} : { idempotencyKey: key };
});

/** Documents the key. */
export function ApiCreationKey(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        '≤ 128 visible ASCII characters; for a day a repeat of the same request answers the webhook that the first has created, with the secret that was made.',
      schema: { type: 'string', minLength: 1, maxLength: 128, pattern: IDENTIFIER.source },
    }),
  );
}

import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** What stands outside the API and may be open to everybody. */
export const PUBLIC_ENDPOINTS = ['health', 'metrics', 'docs'] as const;

export type PublicEndpoint = (typeof PUBLIC_ENDPOINTS)[number];

/** Key of the mark; for the guard. */
export const PUBLIC = 'basset:public';

/** Marks a controller that answers without an API key, unless the operator closes it. What is not marked needs one. */
export const Public = (endpoint: PublicEndpoint): CustomDecorator => SetMetadata(PUBLIC, endpoint);

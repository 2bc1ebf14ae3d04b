import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** What stands outside the API and may be open to everybody. */
export const PUBLIC_ENDPOINTS = ['health', 'metrics', 'docs'] as const;

export type PublicEndpoint = (typeof PUBLIC_ENDPOINTS)[number];

/** Key of the mark; for the guard. */
export const PUBLIC = 'basset:public';

/** Key of the mark of what asks for no key, whatever the operator closes. */
export const UNGUARDED = 'basset:unguarded';

/** Key of the mark of a request with a body that only asks. */
export const ONLY_ASKS = 'basset:only-asks';

/** Marks a POST that changes nothing: keys that may only read may make it. */
export const OnlyAsks = (): CustomDecorator => SetMetadata(ONLY_ASKS, true);

/** Marks a controller that asks for API keys itself. */
export const Unguarded = (): CustomDecorator => SetMetadata(UNGUARDED, true);

/** Marks a controller that answers without an API key, unless the operator closes it. What is not marked needs one. */
export const Public = (endpoint: PublicEndpoint): CustomDecorator => SetMetadata(PUBLIC, endpoint);

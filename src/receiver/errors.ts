/**
 * Why a request is not taken: `missing_headers`, `timestamp_out_of_range` and `wrong_signature` concern the sender,
 * `malformed` the body, and `body_already_parsed` the receiver itself, which has lost the bytes that were signed.
 */
export type WebhookVerificationCode =
  'missing_headers' | 'timestamp_out_of_range' | 'wrong_signature' | 'body_already_parsed' | 'malformed';

/** A request that is not authentic, not recent, or no event. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';

  constructor(
    readonly code: WebhookVerificationCode,
    message: string,
  ) {
    super(message);
  }
}

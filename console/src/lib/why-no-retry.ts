import type { Delivery } from '../api/types.js';
import type { KnownWebhook } from './what-was-sent.js';

const REASONS: Readonly<Record<string, string>> = {
  pending: 'It waits for its first attempt.',
  sending: 'It is being sent now.',
  success: 'It arrived: a repeat would change nothing. By curl it can be sent by hand.',
};

/** Why a delivery cannot be sent again; undefined = it can. */
export function whyNoRetry(status: Delivery['status'], webhook: KnownWebhook): string | undefined {
  if (REASONS[status] !== undefined) return REASONS[status];
  if (webhook === 'gone') return 'Its webhook was deleted: there is nowhere to send it.';
  if (webhook?.locked === true) return 'Its webhook is locked: no key of the operator opens its secret.';
  return undefined;
}

import type { Webhook } from '../api/types.js';
import { whyNoRetry } from './why-no-retry.js';

const webhook = { locked: false } as Webhook;

it.each([
  ['failed', webhook, undefined],
  ['retrying', undefined, undefined],
  ['failed', 'gone', /deleted/],
  ['failed', { locked: true } as Webhook, /locked/],
  ['success', webhook, /arrived/],
  ['sending', webhook, /being sent/],
  ['pending', webhook, /first attempt/],
] as const)('says of a delivery that is %s why it is not sent again (case %#)', (status, known, reason) => {
  if (reason === undefined) expect(whyNoRetry(status, known)).toBeUndefined();
  else expect(whyNoRetry(status, known)).toMatch(reason);
});

import type { DeliveryAnswer } from './answers.js';

type Outcome = Pick<DeliveryAnswer, 'response_code' | 'error_message' | 'error_code'>;

/** What to do about an answer, by its status. */
const BY_STATUS: readonly (readonly [test: (status: number) => boolean, advice: string])[] = [
  [
    (status) => status === 401 || status === 403,
    'It refused our request: compare the secret, its clock and that it verifies the raw body (basset-webhooks verify).',
  ],
  [(status) => status === 404 || status === 405, 'Path or method is wrong: it must take POST at this URL.'],
  [
    (status) => status === 410,
    'It said that it is gone, and the webhook was switched off: enable it again if that was not meant.',
  ],
  [(status) => status === 413, 'The body is too large for it: raise its limit, or lower MAX_EVENT_BYTES.'],
  [(status) => status === 429, 'It asks to wait; nothing is lost by that.'],
  [(status) => status >= 300 && status < 400, 'Redirects are not followed: put the final URL in.'],
  [(status) => status >= 500, 'It failed inside: its own log at this time says why.'],
];

/** What to do about an attempt without an answer, by its error code. */
const BY_CODE: Readonly<Record<string, string>> = {
  policy:
    'The address is not public, and the operator has not opened it: check the URL, else ALLOWED_NETWORKS.',
  dns_not_found: 'There is no such host: check the URL.',
  refused: 'Nobody listens there: is the receiver running, is the port right?',
  could_not_connect: 'Nobody answers there: is the receiver running, are port and firewall right?',
  reset: 'The connection was cut off: look at the receiver and what stands in front of it.',
  tls_expired: 'Its certificate has expired: renew it.',
  tls_untrusted: 'Its certificate is by an unknown authority: TLS_CA_FILE.',
  tls_name: 'Its certificate is for another name: check the URL.',
  not_http: 'What listens there speaks no HTTP: check scheme and port.',
  timed_out: 'No answer in time: answer 2xx first and work later.',
  timed_out_connect: 'No connection in time: check host, port and firewall.',
  timed_out_answer: 'No answer in time: answer 2xx first and work later.',
};

/** In two sentences why a delivery did not arrive, and what to do. */
export function explanation({
  response_code: status,
  error_message: message,
  error_code: code,
}: Outcome): string {
  const byStatus = status === null ? undefined : BY_STATUS.find(([test]) => test(status))?.[1];
  const advice = byStatus ?? BY_CODE[code ?? ''];
  return [`${message ?? 'It did not arrive'}.`, ...(advice === undefined ? [] : [advice])].join(' ');
}

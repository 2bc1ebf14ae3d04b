/** What is known of a delivery, under the names of the API. */
export interface KnownOutcome {
  readonly status: string;
  readonly error_code?: string | null | undefined;
  readonly error_message?: string | null | undefined;
  readonly response_code?: number | null | undefined;
  readonly next_retry_at?: string | null | undefined;
  /** `rejected`, `blocked`, `throttled` and so on, where a format says more than a status code. */
  readonly outcome?: string | null | undefined;
}

/** What else decides how a delivery goes on. */
export interface Surroundings {
  /** Of the webhook: `open` = only single probes go out. */
  readonly circuit?: string | undefined;
  /** Whether no key of the operator opens the webhook's secret. */
  readonly locked?: boolean | undefined;
  /** Whole seconds of `DELIVERY_TIMEOUT_SECONDS`. */
  readonly timeoutSeconds?: number | undefined;
}

/** Two sentences for people, as text. */
export interface Explanation {
  readonly says: string;
  /** What somebody can do about it; null = nothing. */
  readonly advice: string | null;
}

type Words = readonly [says: string, advice: string | null];

const explanation = ([says, advice]: Words): Explanation => ({ says, advice });

const NOBODY_ANSWERS =
  'Is the receiver running? Look at its port, and at firewalls between it and this service.';
const CERTIFICATE = 'Renew the certificate, or let the operator name its authority in TLS_CA_FILE.';

const WITHOUT_ANSWER: Readonly<Record<string, Words>> = {
  policy: [
    'The address is not public, and the operator has not opened it. Nothing was sent.',
    'Look at the URL. If the receiver is meant to be there, the operator adds its network to ALLOWED_NETWORKS.',
  ],
  dns_not_found: ['The name of the receiver is not known.', 'Look at the host in the URL, and at the DNS.'],
  refused: ['Nobody listens at the receiver’s port.', NOBODY_ANSWERS],
  reset: ['The receiver cut the connection before it answered.', 'Look into its log at this time.'],
  could_not_connect: ['The receiver could not be reached, or it cut the connection.', NOBODY_ANSWERS],
  tls_expired: ['The receiver’s certificate has expired.', 'Renew the certificate of the receiver.'],
  tls_untrusted: ['The receiver’s certificate is by an authority that is not known here.', CERTIFICATE],
  tls_name: [
    'The receiver’s certificate is for another name.',
    'Use the name in the certificate, or renew it for this one.',
  ],
  not_http: ['What answered was no HTTP.', 'Look at the port and at http:// or https:// in the URL.'],
  timed_out_connect: ['No connection came about in time.', NOBODY_ANSWERS],
};

const BY_STATUS: Readonly<Record<number, Words>> = {
  401: [
    'The receiver refused the request: it does not accept the secret or a header.',
    'Compare the secret on both sides. The receiver must check the raw body, and its clock may be at most five minutes off. Which part is wrong says basset-webhooks verify.',
  ],
  404: ['The receiver knows no such path.', 'Look at the path in the URL.'],
  405: [
    'The receiver takes no POST at this path.',
    'Look at the path in the URL; deliveries are POST requests.',
  ],
  410: [
    'The receiver said that this endpoint is gone for good. The webhook was switched off.',
    'Activate it again if that was not meant.',
  ],
  503: [
    'The receiver is not available. Where it said for how long, the service waits as long.',
    'Look into its log at this time, for the event’s id (webhook-id).',
  ],
  413: [
    'The body is too large for the receiver.',
    'Raise its limit, or let the operator lower MAX_EVENT_BYTES so that such events are not accepted.',
  ],
};

function byStatus(code: number): Words {
  const own = BY_STATUS[code === 403 ? 401 : code];
  if (own) return own;
  if (code === 429) return ['The receiver asked to wait; the service does.', null];
  if (code >= 300 && code < 400)
    return ['The receiver redirects. Redirects are not followed.', 'Put the final address into the URL.'];
  if (code >= 500)
    return [
      'The receiver failed inside.',
      'Look into its log at this time, for the event’s id (webhook-id).',
    ];
  return ['The receiver refused the request.', 'Its answer below may say why.'];
}

/** Where a format has understood the answer, its own sentence is `error_message`. */
const BY_OUTCOME: Readonly<Record<string, Words>> = {
  rejected: ['The receiver can never take this event; it is not tried again. Others go on.', null],
  blocked: [
    'The receiver refuses how this webhook is set up. What waits keeps its order and loses no attempt.',
    'Repair the settings of the webhook or the receiver, then send a test.',
  ],
  throttled: ['The receiver asked to wait; the service does, and no attempt is used up.', null],
};

function failure(known: KnownOutcome, { timeoutSeconds }: Surroundings): Words {
  const { error_code, error_message, response_code, outcome } = known;
  const code = error_code ?? '';
  if (code.startsWith('timed_out') && code !== 'timed_out_connect') {
    const within = timeoutSeconds === undefined ? 'in time' : `within ${timeoutSeconds} s`;
    return [`The receiver gave no answer ${within}.`, 'Answer with 2xx first, and work afterwards.'];
  }
  const withoutAnswer = WITHOUT_ANSWER[code];
  if (withoutAnswer) return withoutAnswer;
  const understood = outcome == null ? undefined : BY_OUTCOME[outcome];
  if (understood)
    return [`${understood[0]}${error_message ? ` It said: ${error_message}.` : ''}`, understood[1]];
  if (response_code != null) return byStatus(response_code);
  return [
    error_message ? `It ended without an answer: ${error_message}.` : 'It ended without an answer.',
    null,
  ];
}

function waiting({ circuit, locked }: Surroundings): Words {
  if (locked === true)
    return [
      'It waits until the operator’s SECRETS_KEY opens the secret of the webhook again.',
      'Start the service with the key that the webhook was stored with.',
    ];
  if (circuit === 'open')
    return [
      'It is held back until a probe of this webhook succeeds. It loses no attempt by that.',
      'Repair the receiver, then send a test: its success lets everything flow.',
    ];
  return ['It waits for its turn.', null];
}

/**
 * Why a delivery did not arrive, or what it waits for, and what to do; undefined = it arrived.
 * One place for what console and command line say.
 */
export function explainFailure(known: KnownOutcome, around: Surroundings = {}): Explanation | undefined {
  if (known.status === 'success') return undefined;
  if (known.status === 'sending') return explanation(['It is being sent now.', null]);
  const failed = known.error_code != null || known.error_message != null || known.response_code != null;
  if (known.status === 'pending' || !failed) return explanation(waiting(around));
  const [says, advice] = failure(known, around);
  if (known.status !== 'retrying' || around.circuit !== 'open') return { says, advice };
  return { says: `${says} ${waiting({ circuit: 'open' })[0]}`, advice };
}

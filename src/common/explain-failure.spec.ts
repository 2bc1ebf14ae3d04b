import { explainFailure, type KnownOutcome, type Surroundings } from './explain-failure.js';

const failed: KnownOutcome = { status: 'failed' };
const says = (known: Partial<KnownOutcome>, around?: Surroundings): string => {
  const found = explainFailure({ ...failed, ...known }, around);
  return `${found?.says ?? ''} ${found?.advice ?? ''}`;
};

describe('what is said of a delivery', () => {
  it('is nothing when it arrived', () => {
    expect(explainFailure({ status: 'success', response_code: 204 })).toBeUndefined();
  });

  it.each([
    [{ error_code: 'policy' }, 'ALLOWED_NETWORKS'],
    [{ error_code: 'dns_not_found' }, 'DNS'],
    [{ error_code: 'refused' }, 'port'],
    [{ error_code: 'could_not_connect' }, 'firewalls'],
    [{ error_code: 'tls_expired' }, 'expired'],
    [{ error_code: 'tls_untrusted' }, 'TLS_CA_FILE'],
    [{ error_code: 'tls_name' }, 'another name'],
    [{ error_code: 'not_http' }, 'no HTTP'],
    [{ error_code: 'timed_out_connect' }, 'No connection'],
    [{ error_code: 'http', response_code: 401 }, 'secret'],
    [{ error_code: 'http', response_code: 403 }, 'secret'],
    [{ error_code: 'http', response_code: 404 }, 'path'],
    [{ error_code: 'http', response_code: 405 }, 'POST'],
    [{ error_code: 'http', response_code: 410 }, 'switched off'],
    [{ error_code: 'http', response_code: 413 }, 'MAX_EVENT_BYTES'],
    [{ error_code: 'http', response_code: 429 }, 'asked to wait'],
    [{ error_code: 'http', response_code: 503 }, 'the service waits as long'],
    [{ error_code: 'http', response_code: 302 }, 'final address'],
    [{ error_code: 'http', response_code: 500 }, 'failed inside'],
    [{ error_code: 'http', response_code: 418 }, 'refused the request'],
    [{ error_message: 'webhook deleted' }, 'webhook deleted'],
  ])('names the reason and what to do: %j', (known, word) => {
    expect(says(known)).toContain(word);
  });

  it('names the limit where it is known', () => {
    expect(says({ error_code: 'timed_out_answer' }, { timeoutSeconds: 30 })).toContain('within 30 s');
    expect(says({ error_code: 'timed_out' })).toContain('in time');
  });

  it('takes the word of a format for more than a status code', () => {
    const known = {
      error_code: 'http',
      response_code: 400,
      outcome: 'rejected',
      error_message: 'Slack: no_text',
    };
    expect(says(known)).toMatch(/never take this event.*Slack: no_text/);
  });

  it.each([
    [{}, 'its turn'],
    [{ circuit: 'open' }, 'held back until a probe'],
    [{ locked: true, circuit: 'open' }, 'SECRETS_KEY'],
  ])('says what a waiting one waits for: %j', (around, word) => {
    expect(says({ status: 'pending' }, around)).toContain(word);
  });

  it('says both of one that failed and is held back', () => {
    const retrying = { status: 'retrying', error_code: 'http', response_code: 503 };
    expect(says(retrying)).not.toContain('probe');
    expect(says(retrying, { circuit: 'open' })).toMatch(/not available.*probe/);
  });
});

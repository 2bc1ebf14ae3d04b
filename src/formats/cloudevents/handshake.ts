import { defaultInterpretation } from '../default-interpretation.js';
import type { Answer, Consent, FormatHandshake, Interpretation } from '../format.js';

const WANTED = ['off', 'try', 'required'] as const;

export const HANDSHAKE_OPTION = {
  enum: [...WANTED],
  default: 'off',
  description:
    'Whether the receiver is asked by OPTIONS before the first event (abuse protection of the CloudEvents webhook specification). `try`: it is sent to whatever it answers; `required`: what is for it waits until it consents.',
} as const;

/** Digits only, and no number so large that it is none. */
const RATE = /^[1-9]\d{0,8}$/;

function consent({ headers }: Answer, origin: string): Consent | undefined {
  const allowed = headers['webhook-allowed-origin']?.trim().toLowerCase();
  if (allowed !== '*' && allowed !== origin.toLowerCase()) return undefined;
  const rate = headers['webhook-allowed-rate']?.trim() ?? '*';
  return { perMinute: RATE.test(rate) ? Number(rate) : null };
}

/** Without the header no status is a consent. What will pass by itself is waited for; the rest somebody must repair. */
function refusal(answer: Answer, origin: string): Interpretation {
  const read = defaultInterpretation(answer);
  const isFailing = answer.status >= 500 && answer.status !== 501;
  const passes = read.outcome === 'throttled' || read.outcome === 'gone' || isFailing;
  const reason = `CloudEvents: the receiver does not consent to be sent to; it was asked by OPTIONS, must answer with WebHook-Allowed-Origin: ${origin}, and answered HTTP ${answer.status}`;
  return passes ? { ...read, reason } : { outcome: 'blocked', reason };
}

/** https://github.com/cloudevents/spec, cloudevents/http-webhook.md, section 4. */
export const handshake: FormatHandshake = {
  wanted: ({ handshake: given }) => WANTED.find((known) => known === given) ?? 'off',
  question: (origin, perSecond) => ({
    'WebHook-Request-Origin': origin,
    ...(perSecond !== null && { 'WebHook-Request-Rate': String(Math.max(1, Math.floor(perSecond * 60))) }),
  }),
  consent,
  refusal,
  headers: (origin) => ({ 'WebHook-Request-Origin': origin }),
};

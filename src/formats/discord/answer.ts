import { defaultInterpretation } from '../default-interpretation.js';
import type { Answer, Interpretation, OutcomeWord } from '../format.js';
import { interpretation, isHtml, jsonObject, saying, secondsOf } from '../request.js';

/** Error codes that say more than their status. */
const CODES: Readonly<Record<string, OutcomeWord>> = {
  10003: 'gone',
  10015: 'gone',
  50027: 'gone',
  50013: 'blocked',
  // A forum channel, and no thread; or a thread, and no forum.
  220001: 'blocked',
  220002: 'blocked',
  220003: 'blocked',
  220004: 'blocked',
  50035: 'rejected',
  50006: 'rejected',
  240000: 'rejected',
};

/** Cloudflare in front of Discord: 10,000 refusals in 10 minutes ban the address, so the first one is heeded. */
const BAN_SECONDS = 600;

/** Discord tells with each answer when the next message may come. */
function waitAfter({ headers }: Answer): number | undefined {
  return headers['x-ratelimit-remaining'] === '0' ? secondsOf(headers['x-ratelimit-reset-after']) : undefined;
}

function throttled(answer: Answer, reason: string | undefined): Interpretation {
  if (isHtml(answer)) return interpretation('throttled', 'Discord: refused by Cloudflare', BAN_SECONDS);
  const asked = [answer.headers['retry-after'], jsonObject(answer)?.retry_after].map(
    (value) => secondsOf(value) ?? 0,
  );
  return interpretation('throttled', reason, Math.max(...asked) || undefined);
}

export function interpretDiscord(answer: Answer): Interpretation {
  const { status } = answer;
  if (status >= 200 && status < 300) return interpretation('success', undefined, waitAfter(answer));
  const json = jsonObject(answer);
  const reason = saying('Discord', json?.message);
  if (status === 429 || (status === 403 && isHtml(answer))) return throttled(answer, reason);
  const code = status >= 400 && status < 500 ? String(Number(json?.code)) : '';
  const outcome = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  return interpretation(outcome ?? defaultInterpretation(answer).outcome, reason);
}

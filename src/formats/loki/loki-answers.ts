import { defaultInterpretation, pageInstead } from '../default-interpretation.js';
import type { Answer, Interpretation, OutcomeWord } from '../format.js';
import { wordsOf } from '../read-answer.js';

/** A Loki that takes no structured metadata refuses every event until the option is off. */
const IS_OPTION = /structured metadata/i;

function outcomeOf(answer: Answer): OutcomeWord {
  const { status, body } = answer;
  if (status === 204 || status === 200) return 'success';
  // 260, or another code that the administrator chose: ingestion is blocked, and nothing was stored.
  if (status > 200 && status < 300) return 'blocked';
  if (status === 400 && IS_OPTION.test(body)) return 'blocked';
  return defaultInterpretation(answer).outcome;
}

/** Loki answers in plain text; the beginning of it is the reason. */
export function interpretLoki(answer: Answer): Interpretation {
  const page = pageInstead(answer);
  if (page) return page;
  const outcome = outcomeOf(answer);
  if (outcome === 'success') return { outcome };
  const words = wordsOf(answer);
  return words === '' ? { outcome } : { outcome, reason: `Loki: ${words} (HTTP ${answer.status})` };
}

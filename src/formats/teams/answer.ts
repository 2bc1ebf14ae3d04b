import { defaultInterpretation } from '../default-interpretation.js';
import type { Answer, Interpretation } from '../format.js';
import { interpretation, jsonObject, saying } from '../request.js';

interface TeamsError {
  readonly code?: unknown;
  readonly message?: unknown;
}

const errorOf = (answer: Answer): TeamsError => {
  const error = jsonObject(answer)?.error;
  return typeof error === 'object' && error !== null ? error : {};
};

/** 202 is accepted, not yet posted. A connector of old answers 200 and a text that is `1` only if it posted. */
function accepted(answer: Answer): Interpretation {
  const text = answer.body.trim();
  if (answer.status !== 200 || text === '' || text === '1' || jsonObject(answer))
    return { outcome: 'success' };
  const outcome = /\b429\b|too many requests/i.test(text) ? 'throttled' : 'rejected';
  return interpretation(outcome, saying('Teams', text));
}

export function interpretTeams(answer: Answer): Interpretation {
  const { status } = answer;
  if (status >= 200 && status < 300) return accepted(answer);
  const { code, message } = errorOf(answer);
  const reason = saying('Teams', [code, message].filter((part) => typeof part === 'string').join(': '));
  // The flow is switched off; somebody may switch it on again.
  if (code === 'WorkflowTriggerIsNotEnabled') return interpretation('blocked', reason);
  // Only the service itself says so: the page of a proxy is no reason to switch a webhook off.
  if (status === 404 && typeof code === 'string') return interpretation('gone', reason);
  return interpretation(defaultInterpretation(answer).outcome, reason);
}

import type { AttemptResult } from '../model/delivery.js';
import type { Decision } from '../model/retry-policy.js';
import type { HeldDelivery } from '../model/queued-delivery.js';

/** How an attempt ended, as far as the lane is concerned. */
export type Ending =
  | { readonly kind: 'failure' }
  /** `restSeconds`: the receiver announces that it takes nothing more until then. */
  | { readonly kind: 'success'; readonly restSeconds?: number }
  /** It answers, and what it says is about one event alone. */
  | { readonly kind: 'rejected' }
  /** It refuses everything until somebody repairs it. */
  | { readonly kind: 'blocked' }
  /** The receiver asked to wait; null = it did not say how long, and our own pauses begin with `firstSeconds`. */
  | { readonly kind: 'wait'; readonly askedSeconds: number | null; readonly firstSeconds?: number };

/** What is to be done with a delivery after a request, which it may have shared. */
export type Decided =
  | {
      readonly held: HeldDelivery;
      readonly goesOn: boolean;
      readonly result: AttemptResult;
      readonly decision: Decision;
    }
  /** The request says nothing of it, see `Run`. */
  | { readonly held: HeldDelivery; readonly again: 'again' | 'split' };

function endingOf(decision: Decision): Ending {
  switch (decision.kind) {
    case 'retry':
    case 'failed':
    case 'gone':
      return { kind: 'failure' };
    default:
      return decision;
  }
}

/** Of several the first that is there is how the request ended: who was asked to wait waits, whatever arrived beside. */
const PRECEDENCE: readonly Ending['kind'][] = ['wait', 'success', 'blocked', 'failure', 'rejected'];

/** How one request ended, as far as the lane is concerned: one request, however many deliveries shared it. */
export function endingOfAll(decided: readonly Decided[]): Ending {
  const [first] = decided;
  if (decided.length === 1 && first && 'decision' in first) return endingOf(first.decision);
  const endings = decided.flatMap((one) => ('decision' in one ? [endingOf(one.decision)] : []));
  for (const kind of PRECEDENCE) {
    const ending = endings.find((one) => one.kind === kind);
    if (ending) return ending;
  }
  return { kind: 'rejected' };
}

/** See `Window.resize`. Where the format could render nothing, nobody was asked. */
export function hasAnswered(decided: readonly Decided[]): boolean | null {
  let wasAsked = false;
  for (const one of decided) {
    if ('result' in one) {
      if (one.result.errorCode === 'not_rendered') continue;
      if (!isAnswer(one.result, one.decision)) return false;
    }
    wasAsked = true;
  }
  return wasAsked ? true : null;
}

const isAnswer = ({ responseCode }: AttemptResult, { kind }: Decision): boolean =>
  responseCode !== null && kind !== 'wait';

/** What the tally has of the attempts since the last success. */
export interface Failures {
  readonly failedAttempts: number;
  /** Whether one of them was refused until somebody repairs the webhook or its receiver. */
  readonly blocked: boolean;
}

/** A webhook whose attempts fail, as the tally knows it. Times are RFC 3339 UTC. */
export interface FailingWebhook extends Failures {
  readonly webhookId: string;
  readonly name: string;
  readonly projectId: string | null;
  readonly active: boolean;
  /** Start of the first failed attempt since the last success; null = the last attempt succeeded. */
  readonly failingSince: string | null;
  /** Deliveries that ended as failed since the last success. */
  readonly failedDeliveries: number;
  /** `failingSince` of the outage that subscribers were told of, and not yet of its end. */
  readonly toldSince: string | null;
  /** When they were last told of an outage of this webhook. */
  readonly toldAt: string | null;
}

/** From when on a webhook counts as failing, and when it is given up. */
export interface FailingLimits {
  /** Failed attempts in a row; 0 = never. */
  readonly threshold: number;
  /** 0 = never switched off. */
  readonly disableAfterMs: number;
  readonly disableAfterFailures: number;
  /** Subscribers hear of outages of one webhook no more often than this. */
  readonly noticePauseMs: number;
}

/** A receiver that restarts is back after some seconds. */
const FIRST_PROBE_MS = 10_000;

/**
 * How long to wait between two tries of a receiver that is away and of which nothing else waits: half as long as it has
 * been away, 10 s at least.
 *
 * @param maxMs the longest pause
 */
export function probePauseMs(failingForMs: number, maxMs: number): number {
  return Math.min(Math.max(FIRST_PROBE_MS, failingForMs / 2), Math.max(FIRST_PROBE_MS, maxMs));
}

/** What is to be done about a webhook that fails or has failed. */
export type FailingVerdict = 'switch-off' | 'tell-failing' | 'tell-recovered' | 'leave';

/** Whether the breaker holds that this webhook fails: what is blocked opens it at once, whatever the threshold. */
export function isFailing({ failedAttempts, blocked }: Failures, threshold: number): boolean {
  return blocked || (threshold > 0 && failedAttempts >= threshold);
}

/**
 * The verdict on a webhook: only changes of state are told, so that notices about failing webhooks, which may
 * themselves fail to be delivered, never beget further ones.
 *
 * @param nowMs wall clock, ms
 */
export function judge(webhook: FailingWebhook, limits: FailingLimits, nowMs: number): FailingVerdict {
  const { active, failingSince, toldSince, toldAt } = webhook;
  if (toldSince !== null && toldSince !== failingSince) return 'tell-recovered';
  if (!active || failingSince === null) return 'leave';
  if (isGivenUp(webhook, limits, nowMs - Date.parse(failingSince))) return 'switch-off';
  const mayTell = toldAt === null || nowMs - Date.parse(toldAt) >= limits.noticePauseMs;
  return toldSince === null && mayTell && isFailing(webhook, limits.threshold) ? 'tell-failing' : 'leave';
}

function isGivenUp(
  { failedDeliveries }: FailingWebhook,
  limits: FailingLimits,
  failingForMs: number,
): boolean {
  const { disableAfterMs, disableAfterFailures } = limits;
  return disableAfterMs > 0 && failingForMs >= disableAfterMs && failedDeliveries >= disableAfterFailures;
}

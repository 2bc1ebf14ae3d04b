import type { DeliveryStatus } from './delivery.js';

/** What happens to a delivery. */
export type Transition = 'claim' | 'release' | 'succeed' | 'schedule-retry' | 'give-up' | 'retry-manually';

const LEGAL: Readonly<Record<DeliveryStatus, Readonly<Partial<Record<Transition, DeliveryStatus>>>>> = {
  pending: { claim: 'sending' },
  sending: {
    succeed: 'success',
    'schedule-retry': 'retrying',
    'give-up': 'failed',
    release: 'pending',
  },
  retrying: { claim: 'sending', 'retry-manually': 'pending' },
  failed: { 'retry-manually': 'pending' },
  success: {},
};

/** The one owner of the legal transitions: the state after `transition`, or null when it is not legal. */
export function nextStatus(from: DeliveryStatus, transition: Transition): DeliveryStatus | null {
  return LEGAL[from][transition] ?? null;
}

/** A finished delivery never changes by itself again; only finished deliveries are evicted. */
export function isFinished(status: DeliveryStatus): boolean {
  switch (status) {
    case 'success':
    case 'failed':
      return true;
    case 'pending':
    case 'sending':
    case 'retrying':
      return false;
    default: {
      const unknown: never = status;
      throw new Error(`Unknown delivery status: ${String(unknown)}`);
    }
  }
}

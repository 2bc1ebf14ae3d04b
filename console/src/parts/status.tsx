import type { Webhook } from '../api/types.js';
import { CONDITION_WORDS, conditionOf, type WebhookCondition } from '../lib/webhook-state.js';

type Shape = 'check' | 'cross' | 'again' | 'arrow' | 'ring' | 'bars' | 'lock' | 'half';

/** One shape for each state: colour alone says nothing to many people. */
const PATHS: Readonly<Record<Shape, string>> = {
  check: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm-1 10.200L3.800 8l1.400-1.400L7 8.400l3.800-3.800L12.200 6z',
  cross:
    'M8 .6 15.400 8 8 15.400.6 8zM5.500 6.700 6.800 8 5.500 9.300l1.200 1.200L8 9.200l1.300 1.300 1.200-1.200L9.200 8l1.300-1.300-1.200-1.200L8 6.800 6.700 5.500z',
  again: 'M8 2a6 6 0 1 0 5.700 4.100l-1.900.6A4 4 0 1 1 8 4v2.500L12 3 8-.5z',
  arrow: 'M2 2.500 14.500 8 2 13.500V9l6-1-6-1z',
  ring: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zm0 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8z',
  bars: 'M3.500 2.500h3v11h-3zM9.500 2.500h3v11h-3z',
  lock: 'M4 7V5a4 4 0 0 1 8 0v2h1v7H3V7zm2 0h4V5a2 2 0 0 0-4 0z',
  half: 'M8 1 15.500 14.500H.5zM7.100 5.500v5h1.800v-5zm0 6v1.600h1.800v-1.600z',
};

interface MarkProps {
  readonly shape: Shape;
  readonly tone: 'good' | 'bad' | 'warn' | 'calm' | 'off';
  readonly word: string;
}

export function Mark({ shape, tone, word }: MarkProps) {
  return (
    <span className={`mark ${tone}`}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={PATHS[shape]} fill-rule="evenodd" />
      </svg>
      {word}
    </span>
  );
}

const DELIVERY: Readonly<Record<string, MarkProps>> = {
  success: { shape: 'check', tone: 'good', word: 'Success' },
  failed: { shape: 'cross', tone: 'bad', word: 'Failed' },
  retrying: { shape: 'again', tone: 'warn', word: 'Retrying' },
  sending: { shape: 'arrow', tone: 'calm', word: 'Sending' },
  pending: { shape: 'ring', tone: 'calm', word: 'Pending' },
};

export function DeliveryStatus({ status }: { readonly status: string }) {
  return <Mark {...(DELIVERY[status] ?? { shape: 'ring', tone: 'off', word: status })} />;
}

const WEBHOOK: Readonly<Record<WebhookCondition, Omit<MarkProps, 'word'>>> = {
  active: { shape: 'check', tone: 'good' },
  failing: { shape: 'half', tone: 'warn' },
  held: { shape: 'half', tone: 'bad' },
  locked: { shape: 'lock', tone: 'warn' },
  disabled: { shape: 'cross', tone: 'bad' },
  paused: { shape: 'bars', tone: 'off' },
};

export function WebhookStatus({ webhook }: { readonly webhook: Webhook }) {
  const condition = conditionOf(webhook);
  return <Mark {...WEBHOOK[condition]} word={CONDITION_WORDS[condition]} />;
}

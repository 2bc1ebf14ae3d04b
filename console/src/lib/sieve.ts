import type { Webhook } from '../api/types.js';
import { conditionOf, needsAttention } from './webhook-state.js';

/** By what the list of webhooks is filtered. It stands in the address, so that the way back leads to it. */
export interface Sieve {
  readonly text: string;
  /** A condition, or `attention`. */
  readonly state: string;
  /** `none` = those of all projects, `=name` = those of one. */
  readonly project: string;
}

const NAMES = ['text', 'state', 'project'] as const;

export function sieveOf(search: URLSearchParams): Sieve {
  const [text = '', state = '', project = ''] = NAMES.map((name) => search.get(name) ?? '');
  return { text, state, project };
}

/** The query of the address, without its `?`. */
export function searchOf(sieve: Sieve): string {
  const given = NAMES.map((name) => [name, sieve[name]] as const).filter(([, value]) => value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, value])).toString();
}

export function passes(webhook: Webhook, { text, state, project }: Sieve): boolean {
  const words = `${webhook.name} ${webhook.url} ${webhook.events.join(' ')} ${webhook.id}`.toLowerCase();
  return (
    words.includes(text.trim().toLowerCase()) &&
    (state === '' || (state === 'attention' ? needsAttention(webhook) : conditionOf(webhook) === state)) &&
    (project === '' || (webhook.project_id ?? '') === (project === 'none' ? '' : project.slice(1)))
  );
}

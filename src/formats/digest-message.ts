import { createHash } from 'node:crypto';
import type { FormatEvent } from './format.js';
import { messageOf, type Fact, type Message, type MessageOptions } from './message.js';
import { SEVERITY_WORDS } from './severity.js';
import { titleWords } from './subject.js';
import { fit } from './text.js';

const MOST_TYPES = 8;
const MOST_TITLES = 5;
const MOST_SUMMARY = 300;

/** Counts by event type, the most frequent first; of equal ones the one that came first. */
function counts(events: readonly FormatEvent[]): [words: string, count: number][] {
  const found = new Map<string, number>();
  for (const event of events) found.set(titleWords(event), (found.get(titleWords(event)) ?? 0) + 1);
  return [...found].sort(([, a], [, b]) => b - a);
}

function countFacts(all: readonly [string, number][]): Fact[] {
  const shown = all.slice(0, MOST_TYPES);
  const others = all.slice(MOST_TYPES).reduce((sum, [, count]) => sum + count, 0);
  const rest: [string, number][] = others > 0 ? [['Others', others]] : [];
  return [...shown, ...rest].map(([label, count]) => ({ label, value: String(count) }));
}

/** The same for the same events in the same order, and for no others. */
const idOf = (events: readonly FormatEvent[]): string =>
  createHash('sha256')
    .update(JSON.stringify(events.map(({ id }) => id)))
    .digest('hex');

/** The project of all of them; null = there are several, or none. */
const projectOf = ([first, ...others]: readonly Message[]): string | null =>
  first && others.every(({ project }) => project === first.project) ? first.project : null;

/** Many events as one message: how many of which type, and the titles of the first few with their time of day. */
export function digestOf(events: readonly FormatEvent[], options: MessageOptions): Message {
  // What an event says in detail is left out, so nothing of it needs to be prepared.
  const messages = events.map((event) => messageOf(event, { ...options, fields: [] }));
  const [first] = messages;
  const types = counts(events);
  const titles = messages
    .slice(0, MOST_TITLES)
    .map(({ title, time }) => ({ label: time.slice(11, 19), value: title }));
  const worst = messages.reduce((most, { severity }) => Math.max(most, SEVERITY_WORDS.indexOf(severity)), 0);
  const title = `${events.length} events`;
  const all = types.slice(0, MOST_TYPES).map(([words, count]) => `${count} × ${words}`);
  const summary = fit(all.join(', '), MOST_SUMMARY);
  return {
    id: idOf(events),
    project: projectOf(messages),
    kind: title,
    title,
    summary: summary.text,
    facts: [...countFacts(types), ...titles],
    severity: SEVERITY_WORDS[worst] ?? 'info',
    link: null,
    footer: `digest of ${events.length} · first: ${first?.footer ?? ''}`,
    time: first?.time ?? '',
    truncated:
      events.length > MOST_TITLES ||
      types.length > MOST_TYPES ||
      summary.cut ||
      messages.slice(0, MOST_TITLES).some(({ cut }) => cut.title),
    cut: { title: false, summary: summary.cut },
  };
}

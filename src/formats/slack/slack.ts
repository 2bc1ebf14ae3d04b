import { chatFormat } from '../chat.js';
import type { FormatOptions, UrlFindings } from '../format.js';
import type { Message } from '../message.js';
import { jsonRequest } from '../request.js';
import { Room } from '../room.js';
import { interpretSlack } from './answer.js';

/** Entities are the only escapes that Slack knows; they disarm `<!channel>`, `<@U…>` and `<url|text>`. */
export const escapeSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const LIMITS = { header: 150, field: 2000, fieldsOfSection: 10, text: 4000, message: 10_000 } as const;
/** What a field must have left to be worth showing. */
const LEAST_FIELD = 80;

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false }) as const;

const isWorkflow = (options: FormatOptions): boolean => options.mode === 'workflow';

/** Sections of at most ten fields, in which nothing is mrkdwn. */
function sections({ facts }: Message, room: Room) {
  const fields = room.each(facts, LEAST_FIELD, ({ label, value }) =>
    plain(room.fit(`${label}\n${value}`, LIMITS.field)),
  );
  const starts = fields.map((_, index) => index).filter((index) => index % LIMITS.fieldsOfSection === 0);
  return starts.map(
    (start) => ({ type: 'section', fields: fields.slice(start, start + LIMITS.fieldsOfSection) }) as const,
  );
}

/** The link is ours, and percent-encoded: the only piece of mrkdwn. */
function linkSection(link: string | null) {
  const text = { type: 'mrkdwn', text: `<${escapeSlack(link ?? '')}|Open>`, verbatim: true } as const;
  return link === null ? [] : [{ type: 'section', text } as const];
}

/** Blocks of Block Kit and the fallback text of a notification. */
export function slackMessage(message: Message) {
  const room = new Room(LIMITS.message, { escape: escapeSlack });
  const text = room.fit(message.summary, LIMITS.text);
  const header = { type: 'header', text: plain(room.fit(message.title, LIMITS.header)) } as const;
  const context = { type: 'context', elements: [plain(room.fit(message.footer))] } as const;
  const link = linkSection(message.link);
  room.spend(link[0]?.text.text.length ?? 0);
  const blocks = [header, ...sections(message, room), ...link, context];
  return {
    body: { text, mrkdwn: false, unfurl_links: false, unfurl_media: false, blocks },
    truncated: room.truncated || message.truncated,
  };
}

/** Flat variables, as the trigger of a workflow declares them: text, each of them. */
export function workflowVariables(message: Message) {
  const room = new Room(LIMITS.message, { escape: escapeSlack });
  const body = {
    title: room.fit(message.title),
    summary: room.fit(message.summary),
    severity: message.severity,
    time: message.time,
    link: message.link ?? '',
    footer: room.fit(message.footer),
    facts: room
      .each(message.facts, LEAST_FIELD, ({ label, value }) => room.fit(`${label}: ${value}`))
      .join('\n'),
  };
  return { body, truncated: room.truncated || message.truncated };
}

function checkUrl({ pathname }: URL, options: FormatOptions): UrlFindings {
  const isTrigger = /^\/(workflows|triggers)\/./.test(pathname);
  const problems: string[] = [];
  if (isWorkflow(options) && !isTrigger)
    problems.push(
      'The URL of a Slack workflow begins with /workflows/ or /triggers/; for an incoming webhook leave out format_options.mode',
    );
  if (!isWorkflow(options) && isTrigger)
    problems.push('This is the URL of a Slack workflow: set format_options.mode to "workflow"');
  if (!isWorkflow(options) && !isTrigger && !/^\/services\/[^/]+\/[^/]+\/[^/]+$/.test(pathname))
    problems.push(
      'The URL of a Slack incoming webhook is https://hooks.slack.com/services/T…/B…/…, as Slack shows it',
    );
  return { problems, warnings: [] };
}

/** Slack: incoming webhooks, and triggers of workflows. */
export const slack = chatFormat({
  name: 'slack',
  title: 'Slack (incoming webhook or workflow trigger)',
  version: 2,
  urlRule: 'https://hooks.slack.com/services/T…/B…/… (or /triggers/…, /workflows/… with mode "workflow")',
  rate: { perSecond: 1, burst: 1, per: 'url' },
  limits: { title: LIMITS.header, field: LIMITS.field, message: LIMITS.message },
  ownOptions: {
    mode: {
      enum: ['message', 'workflow'],
      default: 'message',
      description:
        'workflow: flat text variables (title, summary, severity, time, link, footer, facts) for the webhook trigger of a workflow.',
    },
  },
  checkUrl,
  show(message, options, { url }) {
    const { body, truncated } = isWorkflow(options) ? workflowVariables(message) : slackMessage(message);
    return jsonRequest(url, body, truncated);
  },
  interpret: interpretSlack,
});

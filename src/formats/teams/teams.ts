import { chatFormat } from '../chat.js';
import type { UrlFindings } from '../format.js';
import type { Message } from '../message.js';
import { jsonLength, jsonRequest } from '../request.js';
import { Room } from '../room.js';
import { SEVERITIES } from '../severity.js';
import { interpretTeams } from './answer.js';

/** Teams takes 28 KB; what the card itself needs is far below the rest. */
const LIMITS = { message: 24_576, texts: 20_480 } as const;
/** A fact with the JSON around it. */
const FACT_FORM = 160;
/** A fact, its label in the longest characters and some of its value: a run without text is no run. */
const LEAST_FACT = FACT_FORM + 4 * 64 + 64;

/** A card may have functions such as `{{DATE(…)}}` in any text: two braces never stand together. */
export const disarmFunctions = (text: string): string => text.replace(/\{(?=\{)/g, '{\u200b');

type Run = Readonly<Record<string, unknown>>;

const run = (text: string, more: Run = {}): Run => ({ type: 'TextRun', text, ...more });

/** Text in runs: there no Markdown is parsed, as it is in a TextBlock or a FactSet. */
const richText = (inlines: readonly Run[], more: Run = {}): Run => ({
  type: 'RichTextBlock',
  inlines,
  ...more,
});

/** An Adaptive Card of one severity's colour; it has no `entities`, without which nothing is a mention. */
export function teamsCard(message: Message) {
  const room = new Room(LIMITS.texts, { measure: jsonLength });
  const fit = (text: string): string => room.fit(disarmFunctions(text));
  const color = SEVERITIES[message.severity].card;
  const title = richText([run(fit(message.title), { weight: 'bolder', size: 'medium', color })]);
  const footer = richText([run(fit(message.footer), { isSubtle: true, size: 'small' })], {
    spacing: 'medium',
  });
  const facts = room.each(message.facts, LEAST_FACT, ({ label, value }) => {
    room.spend(FACT_FORM);
    return richText([run(`${fit(label)}: `, { weight: 'bolder' }), run(fit(value))], { spacing: 'small' });
  });
  const actions =
    message.link === null ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'Open', url: message.link }] };
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [title, ...facts, footer],
    ...actions,
    msteams: { width: 'full' },
  };
  return { card, truncated: room.truncated || message.truncated };
}

function checkUrl({ hostname: named, searchParams }: URL): UrlFindings {
  // A name with a dot at its end is the same host.
  const hostname = named.replace(/\.$/, '');
  if (/(^|\.)(webhook\.office\.com|outlook\.office\.com|outlook\.office365\.com)$/.test(hostname))
    return {
      problems: [
        'Connectors of Office 365 were switched off in May 2026: make a workflow in Teams ("Send webhook alerts to a channel") and use its URL',
      ],
      warnings: [],
    };
  const problems = searchParams.get('sig')
    ? []
    : [
        'The URL of a Teams workflow has "sig" in its query; without it only people of the tenant may call it: let the trigger take "Anyone", and copy the URL whole',
      ];
  const warnings = hostname.endsWith('.logic.azure.com')
    ? [
        'URLs at logic.azure.com of Power Automate ended in November 2025: copy the URL anew, unless this is a Logic App',
      ]
    : [];
  return { problems, warnings };
}

/** Microsoft Teams: a workflow of Power Automate that posts Adaptive Cards. */
export const teams = chatFormat({
  name: 'teams',
  title: 'Microsoft Teams (workflow that posts a card)',
  version: 2,
  urlRule:
    'The URL of a workflow that begins "When a Teams webhook request is received", whole, with its sig',
  rate: { perSecond: 1, burst: 1, per: 'url' },
  limits: { message: LIMITS.message },
  checkUrl,
  show(message, _, { url }) {
    const { card, truncated } = teamsCard(message);
    const attachment = {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: card,
    };
    return jsonRequest(url, { type: 'message', attachments: [attachment] }, truncated);
  },
  interpret: interpretTeams,
});

import { DIGEST_OPTION } from './digest.js';
import { instant } from './event-time.js';
import { linkOf } from './link.js';
import type { FormatEvent } from './format.js';
import { severityOf, type Severity } from './severity.js';
import { subjectOf, titleWords } from './subject.js';
import { cleanLine, considered, defang, fit } from './text.js';
import { valueAt, valueText } from './value.js';

export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** What an event says to a person, before any receiver's own form: cleaned, and cut, but not escaped. */
export interface Message {
  /** Of the event. */
  readonly id: string;
  /** Of the event, cleaned; null = none. */
  readonly project: string | null;
  /** The kind of event in words, such as `Entity created`: nothing of `data` is in it. */
  readonly kind: string;
  /** One line of at most 150 UTF-16 units, such as `Entity created: person Jane Roe`. */
  readonly title: string;
  /** One line of at most 300: the title, what was said about it, the project. */
  readonly summary: string;
  /** At most 25, each label at most 64, each value at most 256 UTF-16 units, neither empty. */
  readonly facts: readonly Fact[];
  readonly severity: Severity;
  /** http or https, percent-encoded. */
  readonly link: string | null;
  /** `basset-hound · <project> · <event id>`. */
  readonly footer: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** Whether something was cut. */
  readonly truncated: boolean;
}

/** Options that every format has which shows a message. */
export interface MessageOptions {
  readonly fields?: readonly string[];
  readonly link_template?: string;
  /** @default true for chat formats, which pass it on */
  readonly defang?: boolean;
}

const LIMITS = { title: 150, summary: 300, label: 64, value: 256, footer: 256, project: 100 } as const;
const FACTS_BY_DEFAULT = 8;

/** JSON Schema of `fields` and `link_template`. */
export const MESSAGE_OPTIONS = {
  fields: {
    type: 'array',
    maxItems: 25,
    items: { type: 'string', minLength: 1, maxLength: 256 },
    description:
      'What of `data` is shown, as dotted paths; also `project_id`, `id`, `event`, `timestamp`. Absent: the project and what is no list or object in `data`, at most 8 in all. An empty list: nothing.',
  },
  link_template: {
    type: 'string',
    maxLength: 1024,
    pattern: '^https?://[^/?#{}\\s]+([/?#][^\\s]*)?$',
    description:
      'Where the message links to, such as `https://basset.example/p/{project_id}/e/{data.entity_id}`. Values are percent-encoded; without one of them there is no link. The host holds no placeholder.',
  },
} as const;

/** JSON Schema of the options that every chat format has. */
export const CHAT_OPTIONS = {
  ...MESSAGE_OPTIONS,
  defang: {
    type: 'boolean',
    default: true,
    description:
      'Whether addresses, hosts and e-mail in `data` are written so that no client makes a link of them or fetches it: `hxxps://evil[.]example`.',
  },
  digest: DIGEST_OPTION,
} as const;

/** Prepares one text after the other, and remembers whether one was cut. */
class Preparation {
  truncated = false;

  constructor(private readonly isDefanged: boolean) {}

  line(text: string, most: number): string {
    const start = considered(text, most);
    const clean = cleanLine(start);
    const fitted = fit(this.isDefanged ? defang(clean) : clean, most);
    this.truncated ||= fitted.cut || start.length < text.length;
    return fitted.text;
  }
}

/**
 * The message of an event: the same for every chat, push and alert format.
 *
 * @param options `defang` is false where absent: formats for chat say true
 */
export function messageOf(event: FormatEvent, options: MessageOptions): Message {
  const prepared = new Preparation(options.defang ?? false);
  const words = titleWords(event);
  const subject = subjectOf(event.data);
  const title = prepared.line(subject.name === '' ? words : `${words}: ${subject.name}`, LIMITS.title);
  const project = event.projectId === null ? null : prepared.line(event.projectId, LIMITS.project);
  const where = event.projectId === null ? '' : ` (project ${event.projectId})`;
  const detail = subject.detail === '' ? '' : ` – ${subject.detail}`;
  return {
    id: event.id,
    project,
    kind: words,
    title,
    summary: prepared.line(`${words}${subject.name && ': '}${subject.name}${detail}${where}`, LIMITS.summary),
    facts: factsOf(event, options.fields, prepared),
    severity: severityOf(event),
    link: options.link_template === undefined ? null : linkOf(options.link_template, event),
    footer: prepared.line(['basset-hound', project, event.id].filter(Boolean).join(' · '), LIMITS.footer),
    time: instant(event),
    truncated: prepared.truncated,
  };
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

function factsOf(event: FormatEvent, fields: readonly string[] | undefined, prepared: Preparation): Fact[] {
  const found = fields
    ? fields.map((path) => [path, valueAt(event, path)] as const)
    : [['project_id', event.projectId] as const, ...scalarsOf(event.data)];
  const facts = found
    .map(([path, value]) => [prepared.line(path, LIMITS.label), valueText(value)] as const)
    .map(([label, value]) => ({ label, value: prepared.line(value, LIMITS.value) }))
    .filter(({ label, value }) => label !== '' && value !== '');
  if (fields) return facts;
  prepared.truncated ||= facts.length > FACTS_BY_DEFAULT;
  return facts.slice(0, FACTS_BY_DEFAULT);
}

/** Some more than are shown: what is empty goes, and that there are more is to be known. */
function scalarsOf(data: FormatEvent['data']): [string, unknown][] {
  const scalars: [string, unknown][] = [];
  for (const key in data) {
    if (!Object.hasOwn(data, key) || !isScalar(data[key])) continue;
    scalars.push([key, data[key]]);
    if (scalars.length > 4 * FACTS_BY_DEFAULT) break;
  }
  return scalars;
}

import { DIGEST_OPTION } from './digest.js';
import { instant } from './event-time.js';
import { linkOf } from './link.js';
import type { FormatEvent, FormatOptions, OptionProblem } from './format.js';
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
  /** Which of those that formats use alone were. */
  readonly cut: { readonly title: boolean; readonly summary: boolean };
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

/** Chat is a third party: of `data` only what is named goes there, never the whole. */
export function fieldProblems({ fields }: FormatOptions): OptionProblem[] {
  const paths = Array.isArray(fields) ? (fields as readonly unknown[]) : [];
  const msg = 'is the whole of data, which is never sent as a field: name what is to be shown, such as name';
  return paths.flatMap((path, n) =>
    path === 'data' ? [{ path: ['fields', n], msg, type: 'option_whole_data' }] : [],
  );
}

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

const IS_NAME = /^[\p{L}\p{N}_. -]*$/u;

/** Prepares one text after the other, and remembers whether one was cut. */
class Preparation {
  truncated = false;

  constructor(private readonly isDefanged: boolean) {}

  /** One line of what is ours or the administrator's, see `ours`. */
  line(text: string, most: number): string {
    return this.fitted(this.ours(text, most), most);
  }

  /** Ids, types and labels are looked up, so they stay as they are; what has the signs of an address is none of them. */
  ours(text: string, most: number): string {
    return IS_NAME.test(text) ? this.cleaned(text, most) : this.unclickable(text, most);
  }

  /** One line of what the people investigated have written. */
  hostile(text: string, most: number): string {
    return this.fitted(this.unclickable(text, most), most);
  }

  /** A piece of a line, not yet cut. */
  unclickable(text: string, most: number): string {
    const clean = this.cleaned(text, most);
    return this.isDefanged ? defang(clean) : clean;
  }

  fitted(line: string, most: number): string {
    const { text, cut } = fit(line, most);
    this.truncated ||= cut;
    return text;
  }

  private cleaned(text: string, most: number): string {
    const start = considered(text, most);
    this.truncated ||= start.length < text.length;
    return cleanLine(start);
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
  const name = prepared.unclickable(subject.name, LIMITS.summary);
  const what = name === '' ? words : `${words}: ${name}`;
  const detail = prepared.unclickable(subject.detail, LIMITS.summary);
  const isLong = prepared.truncated;
  const project = event.projectId === null ? null : prepared.line(event.projectId, LIMITS.project);
  const where =
    event.projectId === null ? '' : ` (project ${prepared.ours(event.projectId, LIMITS.summary)})`;
  const title = fit(cleanLine(what), LIMITS.title);
  const said = cleanLine(`${what}${detail === '' ? '' : ` – ${detail}`}${where}`);
  const summary = fit(said, LIMITS.summary);
  prepared.truncated ||= title.cut || summary.cut;
  return {
    id: event.id,
    project,
    kind: words,
    title: title.text,
    summary: summary.text,
    facts: factsOf(event, options.fields, prepared),
    severity: severityOf(event),
    link: options.link_template === undefined ? null : linkOf(options.link_template, event),
    footer: prepared.fitted(
      ['basset-hound', project, prepared.ours(event.id, LIMITS.footer)].filter(Boolean).join(' · '),
      LIMITS.footer,
    ),
    time: instant(event),
    truncated: prepared.truncated,
    cut: { title: title.cut || isLong, summary: summary.cut || isLong },
  };
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

function factsOf(event: FormatEvent, fields: readonly string[] | undefined, prepared: Preparation): Fact[] {
  const found = fields ? chosen(event, fields, prepared) : byDefault(event, prepared);
  const facts = found.filter(({ label, value }) => label !== '' && value !== '');
  if (fields) return facts;
  prepared.truncated ||= facts.length > FACTS_BY_DEFAULT;
  return facts.slice(0, FACTS_BY_DEFAULT);
}

/** The label is the option's own word. */
function chosen(event: FormatEvent, fields: readonly string[], prepared: Preparation): Fact[] {
  return fields.map((path) => {
    const { value, isOurs } = valueAt(event, path);
    const text = valueText(value);
    return {
      label: prepared.line(path, LIMITS.label),
      value: isOurs ? prepared.line(text, LIMITS.value) : prepared.hostile(text, LIMITS.value),
    };
  });
}

/** The names of what stands in `data` may be as hostile as the values. */
function byDefault(event: FormatEvent, prepared: Preparation): Fact[] {
  const { projectId } = event;
  const scalars = scalarsOf(event).map(([name, value]) => ({
    label: prepared.hostile(name, LIMITS.label),
    value: prepared.hostile(valueText(value), LIMITS.value),
  }));
  return [{ label: 'project_id', value: prepared.line(projectId ?? '', LIMITS.value) }, ...scalars];
}

/** Whether a member of `data` only says once more which project it is: by its name, or by its UUID. */
function namesProject({ event, projectId, data }: FormatEvent, key: string): boolean {
  if (projectId === null) return false;
  if (key === 'project_uuid') return true;
  if (key !== 'project_id' && key !== 'safe_name') return false;
  return data[key] === projectId || (key === 'project_id' && event.startsWith('project.'));
}

/** Some more than are shown: what is empty goes, and that there are more is to be known. */
function scalarsOf(event: FormatEvent): [string, unknown][] {
  const { data } = event;
  const scalars: [string, unknown][] = [];
  for (const key in data) {
    if (!Object.hasOwn(data, key) || !isScalar(data[key]) || namesProject(event, key)) continue;
    scalars.push([key, data[key]]);
    if (scalars.length > 4 * FACTS_BY_DEFAULT) break;
  }
  return scalars;
}

import type { FieldError } from '../../common/domain-error.js';
import { unprocessable } from '../../common/http/validation.pipe.js';
import { newId } from '../../common/new-id.js';
import { parseUrl } from '../../common/parse-url.js';
import { webhookLocked } from '../../delivery/model/delivery.errors.js';
import { HIDDEN } from '../../delivery/sending/credentials.js';
import { formatNamed, hasSecretUrl } from '../../formats/catalogue.js';
import type { FormatOptions } from '../../formats/format.js';
import { secretOptions, shownOptions } from '../../formats/options.js';
import { formatProblems } from './format-problems.js';
import { badField } from '../webhook.errors.js';
import type { StoredSettings, Webhook, WebhookSettings } from '../webhook.js';

type Changes = Partial<WebhookSettings>;

/** A webhook's options as they may be shown. */
export function maskOptions({
  format,
  formatOptions,
}: Pick<Webhook, 'format' | 'formatOptions'>): FormatOptions {
  const known = formatNamed(format);
  return known ? shownOptions(known, formatOptions, HIDDEN) : {};
}

/** Whether a change sends the webhook to another scheme, host or port. */
export function leadsElsewhere({ url }: { readonly url?: string }, webhook: Webhook): boolean {
  return url !== undefined && parseUrl(url.trim())?.origin !== parseUrl(webhook.url)?.origin;
}

function sameOptions(one: FormatOptions, other: FormatOptions): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What the options are said to be; those that are not spoken of stay with their format, and their host. */
function givenOptions({ format, formatOptions, url }: Changes, webhook: Webhook): FormatOptions {
  if (formatOptions) return formatOptions;
  if (format !== undefined && format !== webhook.format) return {};
  return leadsElsewhere(url === undefined ? {} : { url }, webhook)
    ? maskOptions(webhook)
    : webhook.formatOptions;
}

/** Options that were shown hidden and come back keep their value, unless they would go elsewhere with it. */
function keptOptions(
  format: string,
  given: FormatOptions,
  changes: Changes,
  webhook: Webhook,
): { readonly options: FormatOptions; readonly problems: readonly FieldError[] } {
  const known = formatNamed(format);
  const hidden = known ? secretOptions(known).filter((name) => given[name] === HIDDEN) : [];
  if (hidden.length > 0 && webhook.locked) throw webhookLocked(webhook.id);
  const elsewhere = leadsElsewhere(changes.url === undefined ? {} : { url: changes.url }, webhook);
  const isKept = (name: string): boolean =>
    !elsewhere && format === webhook.format && webhook.formatOptions[name] !== undefined;
  const problems = hidden.flatMap((name) => (isKept(name) ? [] : [hiddenOption(name)]));
  const kept = hidden.filter(isKept).map((name) => [name, webhook.formatOptions[name]] as const);
  return { options: { ...given, ...Object.fromEntries(kept) }, problems };
}

function hiddenOption(name: string): FieldError {
  const msg = `must be given: ${HIDDEN} stands for a value that is not shown, and there is none to keep here`;
  return badField(['format_options', name], msg, 'option_hidden');
}

/** The shown form of a URL that is a secret stands for it; what else has stars in it was copied from somewhere. */
function keptUrl({ url }: Changes, webhook: Webhook): string | null {
  const isKept = url === undefined || url === webhook.url;
  return isKept ? webhook.trueUrl : url;
}

function assertUrl(url: string | null, webhook: Webhook): string {
  if (url === null) throw webhookLocked(webhook.id);
  return url;
}

/** What was a secret does not become readable because the format is another one. */
function disclosureProblems(
  format: string,
  options: FormatOptions,
  url: string,
  webhook: Webhook,
): FieldError[] {
  const known = formatNamed(format);
  const wasSecret = webhook.trueUrl !== webhook.url;
  if (!known || !wasSecret || hasSecretUrl(known, options) || url !== webhook.trueUrl) return [];
  const msg = `must be given anew: it is a secret so far, and ${format} shows it; basset and custom hide it with the option url_is_secret`;
  return [badField(['url'], msg, 'url_disclosed')];
}

/**
 * The changes with all that the format of the webhook needs, checked as a whole: format, options and URL are stored
 * together, since parts of them are encrypted together.
 *
 * @throws DomainError naming every bad field
 */
export function withFormat(changes: Changes, webhook: Webhook): Partial<StoredSettings> {
  const speaks = [changes.format, changes.formatOptions, changes.url].some((given) => given !== undefined);
  const format = changes.format ?? webhook.format;
  if (!speaks && (!changes.headers || format === 'basset')) return changes;
  const given = givenOptions(changes, webhook);
  const { options, problems } = keptOptions(format, given, changes, webhook);
  const url = assertUrl(keptUrl(changes, webhook), webhook);
  const headerNames = Object.keys(changes.headers ?? webhook.headers);
  // That `***` is no good value either is said already.
  const isSaid = ({ loc }: FieldError): boolean => problems.some((said) => said.loc.join() === loc.join());
  const all = [
    ...problems,
    ...formatProblems({ format, options, url, headerNames }).filter((problem) => !isSaid(problem)),
    ...disclosureProblems(format, options, url, webhook),
  ];
  if (all.length > 0) throw unprocessable(all);
  if (!speaks) return changes;
  const isOther =
    format !== webhook.format || url !== webhook.trueUrl || !sameOptions(options, webhook.formatOptions);
  return { ...changes, format, formatOptions: options, url, ...(isOther && { endpoint: newId() }) };
}

import type { FieldError } from '../../common/domain-error.js';
import { nearest } from '../../common/nearest.js';
import { parseUrl } from '../../common/parse-url.js';
import { HIDDEN } from '../../delivery/sending/credentials.js';
import { ALL_FORMATS, formatNamed } from '../../formats/catalogue.js';
import type { FormatOptions } from '../../formats/format.js';
import { optionProblems, secretOptions } from '../../formats/options.js';
import { badField } from '../webhook.errors.js';

/** What is said of a format, with secrets in the clear. */
export interface GivenFormat {
  readonly format: string;
  readonly options: FormatOptions;
  readonly url: string;
  readonly headerNames: readonly string[];
}

/** What is wrong with the name of a format. */
export function formatNameProblems(format: unknown): FieldError[] {
  if (typeof format !== 'string' || formatNamed(format)) return [];
  const names = ALL_FORMATS.map(({ name }) => name);
  const meant = nearest(format, names);
  const guess = meant === undefined ? '' : `did you mean ${meant}? `;
  const msg = `must be one of: ${names.join(', ')}; ${guess}GET /webhooks/formats describes them`;
  return [badField(['format'], msg, 'format_unknown')];
}

/** Everything that is wrong with a format, its options, and a URL and headers for it. */
export function formatProblems({ format: name, options, url, headerNames }: GivenFormat): FieldError[] {
  const format = formatNamed(name);
  if (!format) return formatNameProblems(name);
  const ofOptions = optionProblems(format, options).map(({ path, msg, type }) =>
    badField(['format_options', ...path], msg, type),
  );
  const parsed = parseUrl(url.trim());
  if (!parsed || ofOptions.length > 0) return ofOptions;
  const { problems } = format.checkUrl(parsed, options, headerNames);
  const hidden = url.includes(`/${HIDDEN}`)
    ? [`must be given whole: ${HIDDEN} stands for what is not shown`]
    : [];
  return [...hidden, ...problems].map((msg) => badField(['url'], msg, 'url_format'));
}

/** A new webhook has no values that a hidden option could stand for. */
export function hiddenOptionProblems({ format: name, options }: GivenFormat): FieldError[] {
  const format = formatNamed(name);
  const hidden = format ? secretOptions(format).filter((option) => options[option] === HIDDEN) : [];
  const msg = `must be given: ${HIDDEN} stands for a value that is not shown, and there is none to keep`;
  return hidden.map((option) => badField(['format_options', option], msg, 'option_hidden'));
}

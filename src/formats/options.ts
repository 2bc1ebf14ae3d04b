import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Format, FormatOptions, OptionProblem } from './format.js';

export type { OptionProblem };

/** Of all options of a webhook, as JSON. */
const MAX_BYTES = 32 * 1024;
const MAX_PROBLEMS = 20;

const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
const validators = new WeakMap<Format, ValidateFunction>();

function validatorOf(format: Format): ValidateFunction {
  let validate = validators.get(format);
  if (!validate) validators.set(format, (validate = ajv.compile(format.optionsSchema)));
  return validate;
}

function propertiesOf({ optionsSchema }: Format): Readonly<Record<string, { readonly writeOnly?: boolean }>> {
  return (optionsSchema['properties'] ?? {}) as Record<string, { readonly writeOnly?: boolean }>;
}

/** The options that are encrypted, and shown as `***`. */
export function secretOptions(format: Format): string[] {
  return Object.entries(propertiesOf(format)).flatMap(([name, { writeOnly }]) => (writeOnly ? [name] : []));
}

function pathOf({ instancePath }: ErrorObject): (string | number)[] {
  const parts = instancePath.split('/').slice(1);
  const plain = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return plain.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function unknownOption(format: Format, path: readonly (string | number)[], name: string): OptionProblem {
  const known = Object.keys(propertiesOf(format)).join(', ') || 'none';
  const which = path.length === 0 ? `; its options are: ${known}` : '';
  return { path: [...path, name], msg: `is no option of ${format.name}${which}`, type: 'option_unknown' };
}

function toProblem(format: Format, error: ErrorObject): OptionProblem {
  const path = pathOf(error);
  const params = error.params as Readonly<Record<string, unknown>>;
  if (typeof params['additionalProperty'] === 'string')
    return unknownOption(format, path, params['additionalProperty']);
  if (typeof params['missingProperty'] === 'string') {
    return { path: [...path, params['missingProperty']], msg: 'must be given', type: 'missing' };
  }
  const allowed = Array.isArray(params['allowedValues']) ? `: ${params['allowedValues'].join(', ')}` : '';
  return { path, msg: `${error.message ?? 'is not valid'}${allowed}`, type: `option_${error.keyword}` };
}

/** Half a pair of surrogates is no character: receivers refuse it, and no URL can hold it. */
function brokenText(value: unknown, path: OptionProblem['path'] = []): OptionProblem[] {
  const msg = 'must not hold half a pair of surrogates';
  if (typeof value === 'string') return value.isWellFormed() ? [] : [{ path, msg, type: 'option_surrogate' }];
  if (typeof value !== 'object' || value === null) return [];
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return members.flatMap(([key, member]) => [
    ...brokenText(key, path),
    ...brokenText(member, [...path, key]),
  ]);
}

/** Everything that is wrong with the options of a webhook, secrets in clear. */
export function optionProblems(format: Format, options: FormatOptions): OptionProblem[] {
  if (Buffer.byteLength(JSON.stringify(options)) > MAX_BYTES) {
    return [{ path: [], msg: `must be at most ${MAX_BYTES} bytes in all`, type: 'options_too_long' }];
  }
  const validate = validatorOf(format);
  if (validate(options))
    return [...brokenText(options).slice(0, MAX_PROBLEMS), ...(format.checkOptions?.(options) ?? [])];
  return (validate.errors ?? []).slice(0, MAX_PROBLEMS).map((error) => toProblem(format, error));
}

/** A webhook's options as they may be shown. */
export function shownOptions(format: Format, options: FormatOptions, hidden: string): FormatOptions {
  const secret = new Set(secretOptions(format));
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, secret.has(name) ? hidden : value]),
  );
}

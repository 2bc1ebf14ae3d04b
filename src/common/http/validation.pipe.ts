import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { isMap } from '../json/is-map.js';
import { DomainError, type FieldError } from '../domain-error.js';

/** Types of the errors that read as a sentence with the name of their field in front. */
const MISSING = 'missing';
const UNKNOWN_FIELD = 'unknown_field';

type Place = (string | number)[];

/** A batch of 1000 events can have thousands of bad fields; a sentence cannot. */
const MAX_NAMED = 10;

function step(property: string): string | number {
  return /^\d+$/.test(property) ? Number(property) : property;
}

/** `isString` → `is_string`: stable names from those of the decorators. */
function typeOf(constraint: string): string {
  return constraint.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Rules about what kind of value it is: when one is broken, the others say nothing more. */
const KINDS = ['isString', 'isArray', 'isObject', 'isStringMap', 'isBoolean', 'isInt', 'isNumber'];

/** One sentence for each field: what is missing is not too short as well. */
function errorOf(
  { property, value, constraints = {} }: ValidationError,
  loc: Place,
  expected: string | undefined,
): FieldError[] {
  const names = Object.keys(constraints);
  const name = KINDS.find((kind) => names.includes(kind)) ?? names[0];
  if (name === undefined) return [];
  if (value !== undefined) return [{ loc, msg: constraints[name] ?? '', type: typeOf(name) }];
  const kind = expected === undefined ? '' : ` (${expected})`;
  return [{ loc, msg: `${property} is required${kind}`, type: MISSING }];
}

/**
 * Every bad field, however deep it is.
 *
 * @param expected what the required fields must be, in words
 */
export function fieldErrors(
  errors: readonly ValidationError[],
  place: Place,
  expected: Readonly<Record<string, string>> = {},
): FieldError[] {
  return errors.flatMap((error) => {
    const loc = [...place, step(error.property)];
    return [...errorOf(error, loc, expected[error.property]), ...fieldErrors(error.children ?? [], loc)];
  });
}

function sentence({ loc, msg, type }: FieldError): string {
  const [place = '', ...path] = loc;
  if (path.length === 0) return `The ${place} ${msg}`;
  const name = path.join('.');
  if (type === UNKNOWN_FIELD) return `${name} ${msg}`;
  return type === MISSING && msg.startsWith(`${name} `) ? msg : `${name}: ${msg}`;
}

/** 422; `detail` names the first bad fields, `errors` all of them. */
export function unprocessable(fields: readonly FieldError[]): DomainError {
  const named = fields.slice(0, MAX_NAMED).map(sentence).join('; ');
  const detail = fields.length > MAX_NAMED ? `${named}; and ${fields.length - MAX_NAMED} more` : named;
  return new DomainError('unprocessable', 'validation_failed', detail, fields);
}

/**
 * Turns bodies and queries into their DTO and checks them. Nothing is converted behind the caller's back, unknown
 * fields are dropped, and all bad fields are named at once (422).
 */
@Injectable()
export class RequestValidationPipe implements PipeTransform {
  async transform(value: unknown, { metatype, type }: ArgumentMetadata): Promise<unknown> {
    if (type === 'param' || type === 'custom' || !metatype || metatype === Object || metatype === String)
      return value;
    this.assertObject(value, type);
    const dto = plainToInstance(metatype, { ...value }, { exposeDefaultValues: true }) as object;
    const errors = await validate(dto, { whitelist: true, forbidUnknownValues: false });
    if (errors.length > 0) throw unprocessable(fieldErrors(errors, [type]));
    return dto;
  }

  /** @throws DomainError (422) */
  assertObject(value: unknown, place: string): asserts value is object {
    if (isMap(value)) return;
    throw unprocessable([{ loc: [place], msg: 'must be a JSON object', type: 'object_type' }]);
  }
}

import { messageOf } from '../common/caught.js';
import type { DomainError } from '../common/domain-error.js';
import { unprocessable } from '../common/http/validation.pipe.js';

/**
 * The JSON text of `data` that came from code.
 *
 * @param place of the event, for the error
 * @throws DomainError (422) when it is no JSON, or no object as JSON
 */
export function jsonOf(data: object, place: readonly (string | number)[]): string {
  const refused = (msg: string, type: string): DomainError =>
    unprocessable([{ loc: [...place, 'data'], msg, type }]);
  let json: unknown;
  try {
    json = JSON.stringify(data);
  } catch (error) {
    throw refused(`must be what JSON can hold: ${messageOf(error)}`, 'json');
  }
  // A date, or what has a `toJSON` of its own, is an object only for JavaScript.
  if (typeof json !== 'string' || !json.startsWith('{'))
    throw refused('must be a JSON object', 'object_type');
  return json;
}

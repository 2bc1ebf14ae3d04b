import { ValidateBy } from 'class-validator';
import { MAX_DEPTH } from '../../common/http/json-body.js';
import { isMap } from '../../common/json/is-map.js';
import { isDeeperThan } from '../../common/json/raw-json.js';

/** Whether it is the text of a JSON object, which is no deeper than a body may be. */
function isJsonObject(text: unknown): boolean {
  try {
    return typeof text === 'string' && !isDeeperThan(text, MAX_DEPTH) && isMap(JSON.parse(text));
  } catch {
    return false;
  }
}

/** A JSON object as text, as it stands in a query. */
export function IsJsonObject(): PropertyDecorator {
  return ValidateBy({
    name: 'isJsonObject',
    validator: {
      validate: isJsonObject,
      defaultMessage: () => `$property must be the text of a JSON object, at most ${MAX_DEPTH} levels deep`,
    },
  });
}

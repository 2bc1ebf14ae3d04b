import { assertInterpolations, FilterSyntaxError, parse } from '../filter/parse.js';
import type { OptionProblem } from '../format.js';

const MAX_BYTES = 16 * 1024;
const MAX_DEPTH = 32;
/** Each goes through a list, so one inside the other multiplies their work. */
const LOOPS = new Set(['$map', '$reduce', '$filter', '$find', '$sort']);
const MAX_NESTED_LOOPS = 2;
const REFUSED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

interface Place {
  readonly value: unknown;
  readonly path: readonly (string | number)[];
  readonly loops: number;
}

const problem = (path: Place['path'], msg: string): OptionProblem => ({
  path: ['template', ...path],
  msg,
  type: 'template_refused',
});

function membersOf({ value, path, loops }: Place): Place[] {
  if (Array.isArray(value))
    return value.map((item, index) => ({ value: item as unknown, path: [...path, index], loops }));
  if (typeof value !== 'object' || value === null) return [];
  const inside = loops + (Object.keys(value).some((key) => LOOPS.has(key)) ? 1 : 0);
  return Object.entries(value).map(([key, member]) => ({
    value: member as unknown,
    path: [...path, key],
    loops: inside,
  }));
}

/** What a name of JSON-e is given as an expression. */
const EXPRESSIONS = new Set(['$eval', '$if']);

/** Why a text of the template, or the name of a member, is no expression where it should be one. */
function syntaxProblem({ value, path }: Place): OptionProblem | undefined {
  const key = path.at(-1);
  try {
    if (typeof key === 'string') assertInterpolations(key);
    if (typeof value !== 'string') return undefined;
    if (EXPRESSIONS.has(String(key))) parse(value);
    else assertInterpolations(value);
    return undefined;
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error;
    const msg = `is no JSON-e expression: ${error.message}, at character ${error.position}`;
    return { path: ['template', ...path], msg, type: 'template_syntax' };
  }
}

function problemAt({ path, loops }: Place): OptionProblem | undefined {
  if (path.length > MAX_DEPTH)
    return problem(path.slice(0, 3), `must not be nested deeper than ${MAX_DEPTH}`);
  if (loops > MAX_NESTED_LOOPS)
    return problem(
      path,
      `must not have more than ${MAX_NESTED_LOOPS} of ${[...LOOPS].join(', ')} inside each other`,
    );
  if (REFUSED_KEYS.has(String(path.at(-1)))) return problem(path, 'is no name that a template may have');
  return undefined;
}

/** What no template may be: too large, too deep, what would take too long, or what holds no expression where one is due. One problem: the first one. */
export function templateProblems(template: unknown): OptionProblem[] {
  if (Buffer.byteLength(JSON.stringify(template)) > MAX_BYTES)
    return [problem([], `must be at most ${MAX_BYTES} bytes of JSON`)];
  // Without recursion, so that nothing can overflow.
  const open: Place[] = [{ value: template, path: [], loops: 0 }];
  for (let place = open.pop(); place; place = open.pop()) {
    const found = problemAt(place) ?? syntaxProblem(place);
    if (found) return [found];
    open.push(...membersOf(place));
  }
  return [];
}

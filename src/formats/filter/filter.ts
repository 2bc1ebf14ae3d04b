import addBuiltins from 'json-e/src/builtins.js';
import interpreters from 'json-e/src/interpreter.js';
import { compile, FAILED, isTrue, quietly, type Context, type Evaluate, type Node } from './compile.js';
import { parse } from './parse.js';

export { FilterSyntaxError } from './parse.js';

/** What a filter may ask for. */
export interface FilterContext {
  readonly event: string;
  readonly project_id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly severity: string;
}

/** Characters and elements that one evaluation may touch: some milliseconds, whatever is asked of how large an event. */
const MAX_TOUCHED = 4 * 1024 * 1024;
/** Elements that `range` makes at most. */
const MAX_RANGE = 1000;

/** The functions of the language, but for those that know the clock, or of which some texts take quadratic time. */
const FUNCTIONS: Readonly<Record<string, unknown>> = (() => {
  const { fromNow: _, ...rest } = addBuiltins({});
  const text = (value: unknown): string => {
    if (typeof value !== 'string') throw new TypeError('a string is expected');
    return value;
  };
  const range = (start: number, stop: number, step = 1): number[] => {
    const length = Math.ceil((stop - start) / step);
    if (!(length <= MAX_RANGE)) throw new RangeError('range is too long');
    return Array.from({ length: Math.max(0, length) }, (_unused, i) => start + i * step);
  };
  const rstrip = (value: unknown): string => text(value).trimEnd();
  const lstrip = (value: unknown): string => text(value).trimStart();
  const len = (value: unknown): number => {
    if (Array.isArray(value)) return value.length;
    let length = 0;
    const of = text(value);
    for (let at = 0; at < of.length; at += (of.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) length += 1;
    return length;
  };
  return { ...rest, range, rstrip, lstrip, len };
})();

const KNOWN: ReadonlySet<string> = new Set([
  ...['event', 'project_id', 'data', 'severity'],
  ...Object.keys(FUNCTIONS),
]);

function touched(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 1;
}

class BoundedInterpreter extends interpreters.Interpreter {
  private left = MAX_TOUCHED;

  override visit(node: object): unknown {
    const value = super.visit(node);
    this.left -= touched(value);
    if (this.left < 0) throw new RangeError('too much to look at');
    return value;
  }
}

/** By the interpreter of json-e: places in lists and texts, objects. */
function interpreted(node: Node): Evaluate {
  return (context) => quietly(() => new BoundedInterpreter(context).visit(node));
}

/** The names that an expression takes from its context. */
function namesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { constructorName, token } = node as { constructorName?: unknown; token?: { value: string } };
  const own = constructorName === 'ContextValue' && token ? [token.value] : [];
  return [...own, ...Object.values(node).flatMap(namesIn)];
}

/** A JSON-e expression over an event, parsed once. */
export class EventFilter {
  /** Names that no event has: what asks for them is false for ever. */
  readonly unknownNames: readonly string[];
  private readonly evaluate: Evaluate;

  /** @throws FilterSyntaxError */
  constructor(readonly text: string) {
    const tree = parse(text);
    this.evaluate = compile(tree, interpreted);
    this.unknownNames = [...new Set(namesIn(tree))].filter((name) => !KNOWN.has(name));
  }

  /** Whether the event is wanted. What cannot be evaluated, be it that a name is missing, is false. */
  matches(context: Context): boolean {
    const value = this.evaluate(context);
    return value !== FAILED && typeof value !== 'function' && isTrue(value);
  }
}

/** What filters are evaluated against. */
export function contextOf(event: FilterContext): Context {
  return Object.assign(Object.create(null) as object, FUNCTIONS, event);
}

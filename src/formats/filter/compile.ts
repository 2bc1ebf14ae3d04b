import { isMap } from '../../common/json/is-map.js';

/** Of an expression that cannot be evaluated, be it that a name is missing. */
export const FAILED: unique symbol = Symbol('failed');

export type Context = Readonly<Record<string, unknown>>;
/** Answers the value of an expression, or `FAILED`. */
export type Evaluate = (context: Context) => unknown;

/** A node of the syntax tree of JSON-e. */
export interface Node {
  readonly constructorName: string;
  readonly token: { readonly kind: string; readonly value: string };
  readonly left?: Node;
  readonly right?: Node;
  readonly expr?: Node;
  readonly list?: readonly (Node | undefined)[];
  readonly name?: Node;
  readonly args?: readonly Node[];
}

/** Longer texts are put together by nobody who filters. */
const MAX_TEXT = 4 * 1024 * 1024;

/** As JSON-e has it: nothing that is empty, 0 or null is true. */
export function isTrue(value: unknown): boolean {
  if (typeof value === 'object') return value !== null && Object.keys(value).length > 0;
  return typeof value === 'function' || Boolean(value);
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => isEqual(item, b[i]));
  }
  if (!isMap(a) || !isMap(b)) return a === b;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
}

function isIn(one: unknown, all: unknown): unknown {
  if (Array.isArray(all)) return all.some((item) => isEqual(item, one));
  if (typeof one !== 'string') return FAILED;
  if (typeof all === 'string') return all.includes(one);
  return isMap(all) ? Object.hasOwn(all, one) : FAILED;
}

type Operate = (left: unknown, right: unknown) => unknown;

const ofNumbers =
  (operate: (left: number, right: number) => unknown): Operate =>
  (left, right) =>
    typeof left === 'number' && typeof right === 'number' ? operate(left, right) : FAILED;

const ordered =
  (holds: (left: number | string, right: number | string) => boolean): Operate =>
  (left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return holds(left, right);
    return typeof left === 'string' && typeof right === 'string' ? holds(left, right) : FAILED;
  };

const sum = ofNumbers((left, right) => left + right);

const OPERATORS: Readonly<Record<string, Operate>> = {
  '==': isEqual,
  '!=': (left, right) => !isEqual(left, right),
  in: isIn,
  '<': ordered((left, right) => left < right),
  '<=': ordered((left, right) => left <= right),
  '>': ordered((left, right) => left > right),
  '>=': ordered((left, right) => left >= right),
  '-': ofNumbers((left, right) => left - right),
  '*': ofNumbers((left, right) => left * right),
  '/': ofNumbers((left, right) => (right === 0 ? FAILED : left / right)),
  '+': (left, right) => {
    if (typeof left !== 'string' || typeof right !== 'string') return sum(left, right);
    return left.length + right.length > MAX_TEXT ? FAILED : left + right;
  },
};

function compileProperty(of: Evaluate, name: string): Evaluate {
  return (context) => {
    const value = of(context);
    return isMap(value) && Object.hasOwn(value, name) ? value[name] : FAILED;
  };
}

function compileLogic(kind: string, left: Evaluate, right: Evaluate): Evaluate {
  const decides = kind === '||';
  return (context) => {
    const first = left(context);
    if (first === FAILED || isTrue(first) === decides) return first === FAILED ? FAILED : decides;
    const second = right(context);
    return second === FAILED ? FAILED : isTrue(second);
  };
}

function compileOperator(operate: Operate, left: Evaluate, right: Evaluate): Evaluate {
  return (context) => {
    const first = left(context);
    if (first === FAILED) return FAILED;
    const second = right(context);
    return second === FAILED ? FAILED : operate(first, second);
  };
}

function compilePair({ token: { kind }, left, right }: Node, other: Fallback): Evaluate | undefined {
  if (!left || !right) return undefined;
  if (kind === '.') return compileProperty(compile(left, other), right.token.value);
  const [first, second] = [compile(left, other), compile(right, other)];
  if (kind === '&&' || kind === '||') return compileLogic(kind, first, second);
  const operate = Object.hasOwn(OPERATORS, kind) ? OPERATORS[kind] : undefined;
  return operate && compileOperator(operate, first, second);
}

function compileUnary({ token: { kind }, expr }: Node, other: Fallback): Evaluate | undefined {
  if (!expr) return undefined;
  const of = compile(expr, other);
  return (context) => {
    const value = of(context);
    if (value === FAILED) return FAILED;
    if (kind === '!') return !isTrue(value);
    if (typeof value !== 'number') return FAILED;
    return kind === '-' ? -value : value;
  };
}

const WORDS: Readonly<Record<string, unknown>> = { null: null, true: true, false: false };

function compileConstant({ token: { kind, value } }: Node): Evaluate | undefined {
  if (kind in WORDS) return () => WORDS[kind];
  const constant = kind === 'number' ? Number(value) : value.slice(1, -1);
  return kind === 'number' || kind === 'string' ? () => constant : undefined;
}

function compileList({ list = [] }: Node, other: Fallback): Evaluate {
  const items = list.flatMap((item) => (item ? [compile(item, other)] : []));
  return (context) => {
    const values = items.map((item) => item(context));
    return values.includes(FAILED) ? FAILED : values;
  };
}

function compileName({ token: { value: name } }: Node): Evaluate {
  return (context) => (name in context ? context[name] : FAILED);
}

/** Runs what may throw: the stack of an error would cost more than all the rest. */
export function quietly(evaluate: () => unknown): unknown {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return evaluate();
  } catch {
    return FAILED;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

type Callee = (...given: unknown[]) => unknown;

/** Functions of json-e take the context first, ours do not. */
function compileCall({ name, args = [] }: Node, other: Fallback): Evaluate | undefined {
  if (!name) return undefined;
  const [callee, ...given] = [name, ...args].map((node) => compile(node, other));
  return (context) => {
    const called = callee?.(context);
    const values = given.map((one) => one(context));
    if (typeof called !== 'function' || values.includes(FAILED)) return FAILED;
    const all = Object.hasOwn(called, 'jsone_builtin') ? [context, ...values] : values;
    return quietly(() => (called as Callee)(...all));
  };
}

type Compiler = (node: Node, other: Fallback) => Evaluate | undefined;

const COMPILERS: Readonly<Record<string, Compiler>> = {
  BinOp: compilePair,
  UnaryOp: compileUnary,
  ASTNode: compileConstant,
  ContextValue: compileName,
  List: compileList,
  FunctionCall: compileCall,
};

/** Evaluates what is not compiled. */
export type Fallback = (node: Node) => Evaluate;

/**
 * An expression of JSON-e as a function: what filters are made of, comparisons, logic, names and functions, runs many times as fast
 * as the interpreter of json-e, to which everything else is left.
 */
export function compile(node: Node, other: Fallback): Evaluate {
  return COMPILERS[node.constructorName]?.(node, other) ?? other(node);
}

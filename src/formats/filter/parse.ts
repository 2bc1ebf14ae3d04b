import parsers from 'json-e/src/parser.js';
import Tokenizer from 'json-e/src/tokenizer.js';
import type { Node } from './compile.js';

/** An expression that is none, and where that shows. */
export class FilterSyntaxError extends Error {
  /** @param position of the character, from 1 */
  constructor(
    reason: string,
    readonly position: number,
  ) {
    super(reason);
    this.name = 'FilterSyntaxError';
  }
}

/** The words of JSON-e, as its own index.js tells them to its tokenizer. */
const TOKENIZER = new Tokenizer({
  ignore: '\\s+',
  patterns: {
    number: '[0-9]+(?:\\.[0-9]+)?',
    identifier: '[a-zA-Z_][a-zA-Z_0-9]*',
    string: '\'[^\']*\'|"[^"]*"',
    true: 'true(?![a-zA-Z_0-9])',
    false: 'false(?![a-zA-Z_0-9])',
    in: 'in(?![a-zA-Z_0-9])',
    null: 'null(?![a-zA-Z_0-9])',
  },
  tokens: [
    ...['**', '+', '-', '*', '/', '[', ']', '.', '(', ')', '{', '}', ':', ','],
    ...['>=', '<=', '<', '>', '==', '!=', '!', '&&', '||'],
    ...['true', 'false', 'in', 'null', 'number', 'identifier', 'string'],
  ],
});

/** Where a character stands that no word of the language begins with. */
function assertWords(text: string): void {
  let end = 0;
  try {
    for (let token = TOKENIZER.next(text); token; token = TOKENIZER.next(text, end)) end = token.end;
  } catch {
    const blank = text.slice(end).search(/\S/);
    throw new FilterSyntaxError('this cannot stand here', end + blank + 1);
  }
}

/** @throws FilterSyntaxError when it is no expression */
export function parse(text: string): Node {
  assertWords(text);
  const parser = new parsers.Parser(TOKENIZER, text);
  const stopped = (reason: string): FilterSyntaxError => {
    const at = parser.current_token?.start;
    return at === undefined
      ? new FilterSyntaxError('it ends too early', text.length + 1)
      : new FilterSyntaxError(reason, at + 1);
  };
  try {
    const tree = parser.parse();
    if (!parser.current_token) return tree;
  } catch (error) {
    throw stopped(error instanceof RangeError ? 'it is nested too deeply' : 'this cannot stand here');
  }
  throw stopped('this cannot stand here');
}

const INTERPOLATION = /\$?\$\{/;

/**
 * Looks at each expression of a text such as `${title}, ${data.name}`; `$${` is no expression.
 *
 * @throws FilterSyntaxError with the position in the whole text
 */
export function assertInterpolations(text: string): void {
  let from = 0;
  for (;;) {
    const found = INTERPOLATION.exec(text.slice(from));
    if (!found) return;
    const start = from + found.index + found[0].length;
    from = found[0] === '${' ? endOfExpression(text, start) : start;
  }
}

/** Where the text goes on behind an expression and its brace. */
function endOfExpression(text: string, start: number): number {
  try {
    const parser = new parsers.Parser(TOKENIZER, text.slice(start));
    parser.parse();
    const end = parser.current_token;
    if (end?.value === '}') return start + end.end;
  } catch {
    // Said below, as what does not end.
  }
  throw new FilterSyntaxError('there is no expression that ends with }', start + 1);
}

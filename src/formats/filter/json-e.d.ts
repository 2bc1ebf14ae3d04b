/* eslint-disable @typescript-eslint/no-unused-vars -- a class that is known by its type only */
/** The parts of json-e (MPL-2.0) that its `index.js` puts together for each call; taken apart, an expression is parsed once. */

declare module 'json-e/src/tokenizer.js' {
  interface Token {
    readonly kind: string;
    readonly value: string;
    readonly start: number;
    readonly end: number;
  }
  class Tokenizer {
    constructor(options: {
      readonly ignore: string;
      readonly patterns: Readonly<Record<string, string>>;
      readonly tokens: readonly string[];
    });
    next(source: string, offset?: number): Token | null;
  }
  export default Tokenizer;
}

declare module 'json-e/src/parser.js' {
  import type Tokenizer from 'json-e/src/tokenizer.js';
  interface Node {
    readonly constructorName: string;
    readonly token: { readonly kind: string; readonly value: string };
  }
  class Parser {
    constructor(tokenizer: Tokenizer, source: string);
    readonly current_token: { readonly start: number; readonly end: number; readonly value: string } | null;
    parse(): Node;
  }
  const parser: { readonly Parser: typeof Parser };
  export default parser;
}

declare module 'json-e/src/interpreter.js' {
  class Interpreter {
    constructor(context: Readonly<Record<string, unknown>>);
    visit(node: object): unknown;
  }
  const interpreter: { readonly Interpreter: typeof Interpreter };
  export default interpreter;
}

declare module 'json-e/src/builtins.js' {
  /** The context with the functions of the language. */
  export default function addBuiltins(context: object): Record<string, unknown>;
}

/** Where the JSON string that begins at `start` ends: after its closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Where the JSON value that begins at `start` ends. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '"') at = endOfString(text, at) - 1;
    else if (sign === '{' || sign === '[') depth += 1;
    else if (depth === 0 && (sign === ',' || sign === '}')) return at;
    else if (sign === '}' || sign === ']') depth -= 1;
    if (depth === 0 && (sign === '"' || sign === '}' || sign === ']')) return at + 1;
  }
  return text.length;
}

const skip = (text: string, at: number, what: RegExp): number => {
  let next = at;
  while (next < text.length && what.test(text[next] ?? '')) next += 1;
  return next;
};

/**
 * The text of one member of a JSON object, as it stands there. `JSON.parse` would change it: 1.0 becomes 1, a long
 * number another one, and of a key that is there twice one is lost; what was signed is the text.
 *
 * @param text valid JSON, an object
 */
export function rawMember(text: string, name: string): string | undefined {
  let at = text.indexOf('{') + 1;
  while (at > 0 && at < text.length) {
    const start = skip(text, at, /[\s,]/);
    if (text[start] !== '"') return undefined;
    const afterKey = endOfString(text, start);
    const value = skip(text, afterKey, /[\s:]/);
    const end = endOfValue(text, value);
    if (JSON.parse(text.slice(start, afterKey)) === name) return text.slice(value, end).trimEnd();
    at = end;
  }
  return undefined;
}

/** The same JSON with line breaks and indentation; every number and string stays as it is written. */
export function indented(text: string): string {
  let out = '';
  let depth = 0;
  const line = (): string => `\n${'  '.repeat(depth)}`;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '"') {
      const end = endOfString(text, at);
      out += text.slice(at, end);
      at = end - 1;
    } else if (sign === '{' || sign === '[') {
      const next = skip(text, at + 1, /\s/);
      const closes = text[next] === '}' || text[next] === ']';
      if (closes) out += sign + (text[next] ?? '');
      else out += sign + ((depth += 1), line());
      at = closes ? next : at;
    } else if (sign === '}' || sign === ']') out += ((depth -= 1), line()) + sign;
    else if (sign === ',') out += sign + line();
    else if (sign === ':') out += ': ';
    else if (!/\s/.test(sign)) out += sign;
  }
  return out;
}

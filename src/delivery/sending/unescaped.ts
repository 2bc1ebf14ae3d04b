/** A text of which each character knows where it stands in another one. */
export interface View {
  readonly text: string;
  /** First place in the other text, and the one behind the last, by place in `text`. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** JSON and JavaScript, percent encoding, HTML: one layer of each. */
const ESCAPE =
  /\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|\\([^ux])|(%[0-7][0-9a-f]|(?:%[89a-f][0-9a-f])+)|&#x0*([0-9a-f]{1,6});?|&#0*(\d{1,7});?|&(amp|lt|gt|quot|apos|sol|colon|equals|plus|num|percnt|bsol|nbsp);/gi;

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", sol: '/', colon: ':', equals: '=', plus: '+' },
  ...{ num: '#', percnt: '%', bsol: '\\', nbsp: ' ' },
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
/** Escapes within escapes that are looked into. */
const LAYERS = 3;

function fromCode(digits: string, base: number): string {
  const code = parseInt(digits, base);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

type Groups = readonly (string | undefined)[];

function meaningOf([, unicode, hex, char, percent, entityHex, entityDecimal, entity]: Groups): string {
  const inHex = unicode ?? hex ?? entityHex;
  if (inHex !== undefined) return fromCode(inHex, 16);
  if (entityDecimal !== undefined) return fromCode(entityDecimal, 10);
  if (percent !== undefined) return Buffer.from(percent.replaceAll('%', ''), 'hex').toString('utf8');
  if (char !== undefined) return CONTROLS[char] ?? char;
  return ENTITIES[entity?.toLowerCase() ?? ''] ?? '';
}

function plain(text: string): View {
  const from = Array.from({ length: text.length }, (_, i) => i);
  return { text, from, to: from.map((i) => i + 1) };
}

/** The view with one layer of escapes taken away; undefined when there is none. */
function unescape(view: View): View | undefined {
  let [text, end]: [string, number] = ['', 0];
  const [from, to]: [number[], number[]] = [[], []];
  const copyUpTo = (stop: number): void => {
    for (; end < stop; end += 1) {
      text += view.text.charAt(end);
      from.push(view.from[end] ?? 0);
      to.push(view.to[end] ?? 0);
    }
  };
  for (const match of view.text.matchAll(ESCAPE)) {
    copyUpTo(match.index);
    end += match[0].length;
    const meaning = meaningOf(match);
    text += meaning;
    for (let n = 0; n < meaning.length; n += 1) {
      from.push(view.from[match.index] ?? 0);
      to.push(view.to[end - 1] ?? 0);
    }
  }
  if (end === 0) return undefined;
  copyUpTo(view.text.length);
  return { text, from, to };
}

/** The text as it is, and as it reads with one, two and three layers of escapes taken away. */
export function readingsOf(text: string): View[] {
  const views = [plain(text)];
  for (let n = 0; n < LAYERS && /[\\%&]/.test(views.at(-1)?.text ?? ''); n += 1) {
    const next = unescape(views.at(-1) ?? plain(text));
    if (!next) break;
    views.push(next);
  }
  return views;
}

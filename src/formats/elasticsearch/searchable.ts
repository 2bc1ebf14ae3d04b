type Data = Readonly<Record<string, unknown>>;

/** A term of Lucene has at most 32,766 bytes, and that of a value begins with its path; a unit is at most 3 bytes. */
const MOST_VALUE_UNITS = 8_191;
const MOST_PATH_UNITS = 2_048;
/** `depth_limit` of the index template in docs/formats/elasticsearch.md. */
const MOST_LEVELS = 64;

export interface Searchable {
  readonly data: Data;
  /** Whether something was cut or left out. */
  readonly cut: boolean;
}

class Copier {
  cut = false;

  copy(value: unknown, path: number, level: number): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (level > MOST_LEVELS) return this.text(JSON.stringify(value));
    if (Array.isArray(value)) return value.map((item) => this.copy(item, path, level + 1));
    return this.members(value, path, level);
  }

  members(value: object, path: number, level: number): Data {
    const copied: [string, unknown][] = [];
    for (const [key, member] of Object.entries(value)) {
      const length = path + key.length + 1;
      if (length > MOST_PATH_UNITS) this.cut = true;
      // The one character that separates path and value.
      else copied.push([key.replaceAll('\0', '\ufffd'), this.copy(member, length, level + 1)]);
    }
    return Object.fromEntries(copied);
  }

  private text(text: string): string {
    if (text.length <= MOST_VALUE_UNITS) return text;
    this.cut = true;
    return text.slice(0, MOST_VALUE_UNITS);
  }
}

/**
 * The data of an event as fields that an index takes whatever is in it: for one value that is too long, OpenSearch
 * refuses the whole event. `event.original` has everything.
 */
export function searchable(data: Data): Searchable {
  const copier = new Copier();
  const copied = copier.members(data, 0, 1);
  return { data: copied, cut: copier.cut };
}

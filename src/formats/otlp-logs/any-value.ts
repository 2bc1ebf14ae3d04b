/** The `AnyValue` of opentelemetry-proto, as JSON: 64-bit integers are text. */
type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number | string }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }
  | { readonly kvlistValue: { readonly values: readonly KeyValue[] } }
  | Readonly<Record<string, never>>;

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

/** Readers of protobuf refuse messages nested deeper than 100; a level of data is three. What is deeper is JSON text. */
const MOST_LEVELS = 16;

/** A number that is too large for one, such as 1e999, is text in the JSON of protobuf: `"Infinity"`. */
function numberValue(value: number): AnyValue {
  if (!Number.isFinite(value)) return { doubleValue: String(value) };
  return Number.isSafeInteger(value) ? { intValue: value.toString() } : { doubleValue: value };
}

function anyValue(value: unknown, level: number): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return numberValue(value);
  if (typeof value !== 'object' || value === null) return {};
  if (level > MOST_LEVELS) return { stringValue: JSON.stringify(value) };
  if (Array.isArray(value)) return { arrayValue: { values: value.map((item) => anyValue(item, level + 1)) } };
  return { kvlistValue: { values: pairs(value, level) } };
}

const pairs = (record: object, level: number): KeyValue[] =>
  Object.entries(record).map(([key, value]) => ({
    key: key,
    value: anyValue(value, level + 1),
  }));

/** An attribute that is text. */
export const attribute = (key: string, text: string): KeyValue => ({
  key,
  value: { stringValue: text },
});

/** An attribute that is a map. */
export const mapAttribute = (key: string, record: object): KeyValue => ({ key, value: anyValue(record, 1) });

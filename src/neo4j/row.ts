import { isMap } from '../common/json/is-map.js';

/** One row of an answer: plain values, no driver type. */
export type Row = Readonly<Record<string, unknown>>;

function mismatch(key: string, wanted: string, value: unknown): Error {
  return new Error(
    `The graph gave ${value === undefined ? 'no' : typeof value} '${key}' where ${wanted} was expected`,
  );
}

export function text(row: Row, key: string): string {
  const value = row[key];
  if (typeof value !== 'string') throw mismatch(key, 'a string', value);
  return value;
}

export function textOrNull(row: Row, key: string): string | null {
  return row[key] == null ? null : text(row, key);
}

/** A time in RFC 3339. */
export function time(row: Row, key: string): string {
  const value = text(row, key);
  if (Number.isNaN(Date.parse(value))) throw mismatch(key, 'a time', value);
  return value;
}

export function timeOrNull(row: Row, key: string): string | null {
  return row[key] == null ? null : time(row, key);
}

export function real(row: Row, key: string): number {
  const value = row[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw mismatch(key, 'a number', value);
  return value;
}

/** A number from 0 to `most`. */
export function upTo(row: Row, key: string, most: number): number {
  const value = real(row, key);
  if (value < 0 || value > most) throw mismatch(key, `a number from 0 to ${most}`, value);
  return value;
}

export function realOrNull(row: Row, key: string): number | null {
  return row[key] == null ? null : real(row, key);
}

export function integer(row: Row, key: string): number {
  const value = real(row, key);
  if (!Number.isInteger(value)) throw mismatch(key, 'an integer', value);
  return value;
}

export function integerOrNull(row: Row, key: string): number | null {
  return row[key] == null ? null : integer(row, key);
}

export function flag(row: Row, key: string): boolean {
  const value = row[key];
  if (typeof value !== 'boolean') throw mismatch(key, 'a boolean', value);
  return value;
}

export function textList(row: Row, key: string): string[] {
  const value = row[key];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw mismatch(key, 'a list of strings', value);
  }
  return value;
}

/** A map within a row. */
export function nested(row: Row, key: string): Row {
  const value = row[key];
  if (!isMap(value)) throw mismatch(key, 'a map', value);
  return value;
}

/** A list of maps within a row. */
export function rows(row: Row, key: string): Row[] {
  const value = row[key];
  if (!Array.isArray(value) || !value.every(isMap)) throw mismatch(key, 'a list of maps', value);
  return value;
}

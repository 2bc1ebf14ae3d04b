import { InvalidArgumentError } from 'commander';

/** How long one answer of the service may take, unless `--timeout` says otherwise. */
export const DEFAULT_TIMEOUT_SECONDS = 30;

/** A whole number, not negative. */
export function count(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Seconds, also parts of them. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0) || value > 1e6) throw new InvalidArgumentError('It must be a number of seconds.');
  return value;
}

/** One more of a flag that may be given several times. */
export const collect = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** `Name: value`, several times, to an object. */
export function header(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Write it as "Name: value".');
  return { ...before, [name]: value };
}

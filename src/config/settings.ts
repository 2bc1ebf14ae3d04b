import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { parseUrl } from '../common/parse-url.js';

/** Collects what is wrong, so that all of it can be said at once. */
export class Complaints {
  private readonly list: string[] = [];

  add(name: string, rule: string): void {
    this.list.push(`${name} ${rule}`);
  }

  get any(): boolean {
    return this.list.length > 0;
  }

  toString(): string {
    return this.list.join('\n');
  }
}

/** Bounds of a number setting. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
}

function describe({ min, max, integer }: Bounds): string {
  return `must be ${integer ? 'a whole number' : 'a number'} from ${min} to ${max}`;
}

/** @param value `unknown`, because JavaScript callers and `process.env` give text where a number is meant */
export function checkNumber(name: string, value: unknown, bounds: Bounds, complaints: Complaints): void {
  const { min, max, integer = false } = bounds;
  const isWithin = typeof value === 'number' && value >= min && value <= max;
  if (isWithin && (!integer || Number.isInteger(value))) return;
  complaints.add(name, describe(bounds));
}

/** Whether a text is an origin exactly as a browser sends it: scheme, host and, unless it is the default, port. */
export function isWebOrigin(text: string): boolean {
  return /^https?:/.test(text) && parseUrl(text)?.origin === text;
}

export function isCidr(text: string): boolean {
  const [address = '', bits = ''] = text.split('/');
  const family = isIP(address);
  return (
    family !== 0 &&
    /^\d{1,3}$/.test(bits) &&
    Number(bits) <= (family === 4 ? 32 : 128) &&
    ipaddr.isValidCIDR(text)
  );
}

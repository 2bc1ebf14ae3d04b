import type { Preferences } from './preferences.js';

type Zone = Preferences['zone'];

const HOUR_MS = 3_600_000;

const two = (value: number): string => String(value).padStart(2, '0');

function parts(date: Date, zone: Zone): readonly [number, number, number, number, number, number] {
  return zone === 'utc'
    ? [
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
      ]
    : [
        date.getFullYear(),
        date.getMonth() + 1,
        date.getDate(),
        date.getHours(),
        date.getMinutes(),
        date.getSeconds(),
      ];
}

/** `UTC`, or the offset of the user's zone at that time, as `+02:00`. */
export function zoneName(date: Date, zone: Zone): string {
  if (zone === 'utc') return 'UTC';
  const offset = -date.getTimezoneOffset();
  const minutes = Math.abs(offset);
  return `${offset < 0 ? '−' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** `2026-11-26 10:03:11`: sorts, and leaves nothing to guess. */
export function dateAndTime(date: Date, zone: Zone): string {
  const [year, month, day, hour, minute, second] = parts(date, zone);
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
}

/** `2026-11-26 10:03:11 UTC` */
export const inFull = (date: Date, zone: Zone): string =>
  `${dateAndTime(date, zone)} ${zoneName(date, zone)}`;

/**
 * Below a heading that names the zone as it is now: before summer time began the user's zone was another one, and the
 * time says so.
 */
export const underHead = (date: Date, zone: Zone, now: Date): string =>
  zoneName(date, zone) === zoneName(now, zone) ? dateAndTime(date, zone) : inFull(date, zone);

/** An hour of a chart: `11-26 10:00 UTC`. */
export const hourInFull = (date: Date, zone: Zone): string =>
  `${dateAndTime(date, zone).slice(5, 16)} ${zoneName(date, zone)}`;

/** The beginning of the hour that was `hours` hours ago, RFC 3339: what follows it is at least so long. */
export const hoursAgo = (hours: number, now: number): string =>
  new Date((Math.floor(now / HOUR_MS) - hours) * HOUR_MS).toISOString();

/** What a `datetime-local` field holds: `2026-11-26T10:03:11`. */
export const forField = (date: Date, zone: Zone): string => dateAndTime(date, zone).replace(' ', 'T');

/** What a `datetime-local` field says, as RFC 3339; undefined = no time, or a year that is still being typed. */
export function fromField(text: string, zone: Zone): string | undefined {
  if (text === '') return undefined;
  const date = new Date(zone === 'utc' ? `${text}Z` : text);
  return date.getTime() >= 0 ? date.toISOString() : undefined;
}

const STEPS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** A length of time in its largest whole unit: `3 min`. */
export function roughly(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [size, unit] = STEPS.find(([step]) => seconds >= step) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** `3 min ago`, `in 3 min`, `now`. */
export function fromNow(date: Date, now: number): string {
  const distance = date.getTime() - now;
  if (Math.abs(distance) < 1_000) return 'now';
  return distance < 0 ? `${roughly(-distance)} ago` : `in ${roughly(distance)}`;
}

/** How long something took: `41 ms`, `1.2 s`. */
export function took(milliseconds: number | null): string {
  if (milliseconds === null) return '–';
  return milliseconds < 1_000 ? `${milliseconds} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}

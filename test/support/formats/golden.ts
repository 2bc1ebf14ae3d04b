import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { VERSION } from '../../../src/common/version.js';
import type { Format, FormatOptions, RenderedRequest } from '../../../src/formats/format.js';
import { SAMPLE_EVENTS, SAMPLE_WEBHOOK } from './events.js';

const DIRECTORY = join(import.meta.dirname, 'golden');

/** A body of JSON as such, so that a change is read line by line; of any other the text. */
function readable(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return body.toString();
  }
}

/** Our own version goes with many requests, and rises without a change of the renderer. */
const withoutVersion = (body: Buffer): Buffer =>
  body.includes(VERSION) ? Buffer.from(body.toString().replaceAll(VERSION, '<version>')) : body;

function shown(request: RenderedRequest, isLong: boolean): object {
  const body = withoutVersion(request.body);
  const hash = (): string => createHash('sha256').update(body).digest('hex');
  return { ...request, body: isLong ? { bytes: body.length, sha256: hash() } : readable(body) };
}

/**
 * What the 60 sample events look like is what `golden/<name>.json` says: the oversized ones by their size and hash.
 * `UPDATE_GOLDEN=1` writes the file anew, for a person to read the difference.
 */
export function expectGolden(name: string, format: Format, options: FormatOptions = {}, url?: string): void {
  const webhook = { ...SAMPLE_WEBHOOK, ...(url !== undefined && { url }) };
  const requests = SAMPLE_EVENTS.map((event) => [
    event.id,
    shown(format.render(event, options, webhook), event.kind === 'oversized'),
  ]);
  expectGoldenValue(name, Object.fromEntries(requests));
}

/** A value is what `golden/<name>.json` says. */
export function expectGoldenValue(name: string, value: unknown): void {
  const text = `${JSON.stringify(value, null, 1)}\n`;
  const file = join(DIRECTORY, `${name}.json`);
  if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(file, text);
  expect(existsSync(file)).toBe(true);
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(file, 'utf8')));
}

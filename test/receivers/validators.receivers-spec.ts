import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { cef } from '../../src/formats/cef/cef.js';
import { cloudevents } from '../../src/formats/cloudevents/cloudevents.js';
import type { Format, FormatOptions } from '../../src/formats/format.js';
import { ocsf } from '../../src/formats/ocsf/ocsf.js';
import { otlpLogs } from '../../src/formats/otlp-logs/otlp-logs.js';
import { EVENTS, REASONABLE } from './samples.js';
import { pythonValidators } from './tools.js';

// The first run fetches them.
jest.setTimeout(600_000);

const python = await pythonValidators();

const WEBHOOK = { id: 'w-1', name: 'Receiver', url: 'http://127.0.0.1/x' };

(python === undefined ? describe.skip : describe)('validators from PyPI', () => {
  function validated(
    name: string,
    format: Format,
    events: typeof EVENTS,
    options: FormatOptions = {},
  ): any[] {
    const lines = events.map((event) => {
      const { headers, body } = format.render(event, options, WEBHOOK);
      return JSON.stringify({ format: name, name: event.id, headers, body: body.toString() });
    });
    const script = join(import.meta.dirname, 'python', 'validate.py');
    const { stdout, stderr } = spawnSync(python!, [script], {
      input: lines.join('\n'),
      maxBuffer: 1 << 26,
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  it.each<[string, Format, FormatOptions, string, typeof EVENTS]>([
    ['otlp_logs', otlpLogs, {}, 'basset_hound.', EVENTS],
    ['otlp_logs', otlpLogs, { data: 'map' }, 'basset_hound.', REASONABLE],
    ['cloudevents', cloudevents, {}, 'basset_hound.', REASONABLE],
    ['cloudevents', cloudevents, { mode: 'binary' }, 'basset_hound.', REASONABLE],
    ['ocsf', ocsf, { raw_data: true }, '', EVENTS],
    // pycef knows no escape in the header, so it cannot read a title that needs one.
    ['cef', cef, {}, '', EVENTS.filter(({ kind }) => kind === 'plain')],
  ])('%s is valid and says which event it is', (name, format, options, prefix, events) => {
    const expected = events.map(({ id, event }) => ({ name: id, found: { id, event: prefix + event } }));
    expect(validated(name, format, events, options)).toEqual(expected);
  });
});

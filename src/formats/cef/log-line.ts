import { defaultInterpretation } from '../default-interpretation.js';
import type { Format, FormatEvent, FormatOptions, RenderedRequest } from '../format.js';
import { findings } from '../receiver-url.js';

/** What every receiver of such lines takes, QRadar with a raised payload length included. */
export const MOST_LINE_BYTES = 16 * 1024;

export interface LogLine {
  readonly text: string;
  readonly truncated: boolean;
}

const OPTIONS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    newline: {
      type: 'boolean',
      default: false,
      description: 'Whether a line break ends the line; receivers that split a body into lines need it.',
    },
  },
};

/** A format that sends one line of text. */
export const lineFormat = (
  names: Pick<Format, 'name' | 'title' | 'version'>,
  lineOf: (event: FormatEvent) => LogLine,
): Format => ({
  ...names,
  category: 'siem',
  urlRule: 'Any http or https URL that takes a log line as the body.',
  urlIsSecret: false,
  signed: false,
  rate: { perSecond: null, per: 'destination' },
  limits: { line_bytes: MOST_LINE_BYTES },
  optionsSchema: OPTIONS,
  checkUrl: () => findings([]),
  render: (event: FormatEvent, options: FormatOptions, { url }): RenderedRequest => {
    const { text, truncated } = lineOf(event);
    const body = Buffer.from(options.newline === true ? `${text}\n` : text);
    return { method: 'POST', url, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body, truncated };
  },
  interpret: (answer) => defaultInterpretation(answer),
});

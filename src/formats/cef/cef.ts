import { VERSION } from '../../common/version.js';
import { milliseconds } from '../event-time.js';
import type { Format, FormatEvent } from '../format.js';
import { messageOf } from '../message.js';
import { SEVERITIES } from '../severity.js';
import { cleanText, fit, utf8Length } from '../text.js';
import { writtenData } from '../wire.js';
import { lineFormat, type LogLine, MOST_LINE_BYTES } from './log-line.js';

const headerEscape = (text: string): string =>
  text.replace(/[\r\n]+/g, ' ').replace(/[\\|]/g, (character) => `\\${character}`);

const valueEscape = (text: string): string =>
  text
    .replace(/[\\=]/g, (character) => `\\${character}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');

/** Gathers the pieces of a line, each within its own limit, and remembers whether one was cut. */
class Line {
  truncated = false;

  header(text: string, most: number): string {
    return this.fitted(text, most, headerEscape);
  }

  value(text: string, most: number): string {
    return this.fitted(text, most, valueEscape);
  }

  private fitted(text: string, most: number, escape: (text: string) => string): string {
    // No receiver reads white space at the end of a value: the next key begins there.
    const start = cleanText(text.slice(0, 4 * most)).trim();
    const { text: kept, cut } = fit(start, most, { escape, measure: utf8Length });
    this.truncated ||= cut || text.length > 4 * most;
    return kept;
  }
}

/** The keys of the extension: ArcSight's own where there is one, else a custom string with its label. */
function extension(event: FormatEvent, line: Line, summary: string, isFailure: boolean): string[] {
  const project = event.projectId === null ? '' : line.value(event.projectId, 1023);
  return [
    `rt=${milliseconds(event)}`,
    `externalId=${line.value(event.id, 512)}`,
    `act=${line.value(event.event, 63)}`,
    `cat=${line.value(event.event.split('.', 1)[0] ?? '', 1023)}`,
    `outcome=${isFailure ? 'failure' : 'success'}`,
    'dvchost=basset-hound',
    `msg=${line.value(summary, 1023)}`,
    ...(project === '' ? [] : ['cs1Label=project', `cs1=${project}`]),
  ];
}

/** `data` comes last: what is over the limit of the line is cut off its end. */
function cefLine(event: FormatEvent): LogLine {
  const line = new Line();
  const { title, summary, severity, cut } = messageOf(event, { fields: [] });
  const header = [
    'CEF:0|Basset Hound|Webhooks',
    line.header(VERSION, 64),
    line.header(event.event, 128),
    line.header(title, 512),
    SEVERITIES[severity].cef.toString(),
  ].join('|');
  const keys = extension(event, line, summary, severity === 'error').join(' ');
  const start = `${header}|${keys} cs2Label=data cs2=`;
  const data = line.value(writtenData(event).text, Math.min(4000, MOST_LINE_BYTES - utf8Length(start)));
  return { text: start + data, truncated: line.truncated || cut.title || cut.summary };
}

/** ArcSight's Common Event Format, version 0. */
export const cef: Format = lineFormat(
  { name: 'cef', title: 'CEF line over HTTP (ArcSight and others)', version: 1 },
  cefLine,
);

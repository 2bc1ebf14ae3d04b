import { VERSION } from '../../common/version.js';
import { milliseconds } from '../event-time.js';
import type { Format, FormatEvent } from '../format.js';
import { messageOf } from '../message.js';
import { SEVERITIES } from '../severity.js';
import { cleanLine, fit, utf8Length } from '../text.js';
import { writtenData } from '../wire.js';
import { lineFormat, type LogLine, MOST_LINE_BYTES } from './log-line.js';

/** Gathers the pieces of a line, each on one line and within its limit. LEEF has no escape: what separates is replaced. */
class Line {
  truncated = false;

  header(text: string, most: number): string {
    return this.value(text.replaceAll('|', '/'), most);
  }

  value(text: string, most: number): string {
    const { text: kept, cut } = fit(cleanLine(text.slice(0, 4 * most)), most, { measure: utf8Length });
    this.truncated ||= cut || text.length > 4 * most;
    return kept;
  }
}

function attributes(event: FormatEvent, line: Line): string[] {
  const { summary, severity, cut } = messageOf(event, { fields: [] });
  line.truncated ||= cut.summary;
  return [
    `devTime=${new Date(milliseconds(event)).toISOString()}`,
    "devTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSX",
    `cat=${line.value(event.event.split('.', 1)[0] ?? '', 256)}`,
    `sev=${SEVERITIES[severity].cef}`,
    `eventId=${line.value(event.id, 512)}`,
    ...(event.projectId === null ? [] : [`projectId=${line.value(event.projectId, 1023)}`]),
    `msg=${line.value(summary, 1023)}`,
  ];
}

/** `data` comes last: what is over the limit of the line is cut off its end. */
function leefLine(event: FormatEvent): LogLine {
  const line = new Line();
  const version = line.header(VERSION, 64);
  const header = `LEEF:2.0|Basset Hound|Webhooks|${version}|${line.header(event.event, 128)}|x09|`;
  const start = `${header}${attributes(event, line).join('\t')}\tdata=`;
  // One byte is for the line break that may end it.
  const data = line.value(writtenData(event).text, MOST_LINE_BYTES - 1 - utf8Length(start));
  return { text: start + data, truncated: line.truncated };
}

/** QRadar's Log Event Extended Format 2.0, with a tab between the attributes. */
export const leef: Format = lineFormat(
  { name: 'leef', title: 'LEEF 2.0 line over HTTP (IBM QRadar)', version: 2 },
  leefLine,
);

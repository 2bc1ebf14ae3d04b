import { AT, BARE_SCHEME, HOST_DOT, IPV4, QUERIED_SCHEME, SCHEME, SCHEMES } from '../text.js';

/**
 * What runs in the thread of templates. It is a text, because a thread starts from a file of JavaScript or from a text, and
 * the tests run the sources. So the functions of templates are written here again, with our patterns; a test compares them
 * with ours.
 */
export const WORKER_SOURCE = String.raw`
'use strict';
const { parentPort, workerData } = require('node:worker_threads');
const jsone = require(workerData.jsone);

const MAX_RANGE = 1000;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const text = (value) => {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};
const entities = (value) => text(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const SCHEMES = ${JSON.stringify(SCHEMES)};

const FUNCTIONS = {
  json: (value) => JSON.stringify(value),
  slack: entities,
  html: (value) => entities(value).replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  markdown: (value) => text(value).replace(/[\\*_~${'`'}|>#\-[\]()<]/g, '\\$&').replaceAll('@', '@\u200b'),
  cef: (value) =>
    text(value).replaceAll('\\', '\\\\').replaceAll('=', '\\=').replaceAll('\r', '\\r').replaceAll('\n', '\\n'),
  defang: (value) =>
    text(value)
      .replace(${SCHEME}, (_, scheme) => {
        const other = Object.hasOwn(SCHEMES, scheme.toLowerCase()) ? SCHEMES[scheme.toLowerCase()] : undefined;
        return other === undefined ? scheme + '[:]' : other + ':';
      })
      .replace(${BARE_SCHEME}, '$1[:]')
      .replace(${QUERIED_SCHEME}, '$1[:]')
      .replace(${IPV4}, (address) => address.replaceAll('.', '[.]'))
      .replace(${HOST_DOT}, '[.]')
      .replace(${AT}, '[@]'),
  // Counts code points, and cuts where a character begins: half a family of emoji is another emoji.
  truncate: (value, most) => {
    const all = text(value);
    const points = Array.from(all.slice(0, 2 * (Math.max(0, most) + 1)));
    if (points.length <= most) return all;
    const start = points.slice(0, Math.max(0, most - 1)).join('');
    const around = graphemes.segment(all.slice(0, start.length + 64)).containing(start.length);
    return (around && around.index > 0 ? start.slice(0, around.index) : start) + '…';
  },
  default: (value, other) => (value === null || value === undefined || value === '' ? other : value),
  range: (start, stop, step = 1) => {
    const length = Math.ceil((stop - start) / step);
    if (!(length <= MAX_RANGE)) throw new Error('range is longer than ' + MAX_RANGE);
    return Array.from({ length: Math.max(0, length) }, (_, index) => start + index * step);
  },
};

const line = (value) => JSON.stringify(value === undefined ? null : value);

function written(value, contentType) {
  if (contentType === 'application/json') return line(value);
  if (contentType === 'application/x-ndjson') {
    if (!Array.isArray(value)) throw new Error('the template must make a list, of which each item is a line');
    return value.map((item) => line(item) + '\n').join('');
  }
  if (typeof value !== 'string') throw new Error('the template must make a text for ' + contentType);
  // What no XML document may hold, not even escaped.
  return contentType === 'application/xml' ? value.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd') : value;
}

parentPort.on('message', ({ template, context, contentType }) => {
  try {
    const value = jsone(template, { ...FUNCTIONS, ...context });
    parentPort.postMessage({ text: written(value, contentType) });
  } catch (error) {
    parentPort.postMessage({ error: String(error && error.message).slice(0, 400) });
  }
});
parentPort.postMessage({ ready: true });
`;

import { describe, expect, it } from '@jest/globals';
import { formatTraceparent, parseTraceparent, validTraceparent } from './traceparent.js';

const GOOD = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a traceparent', () => {
  it('has a trace, a span and flags', () => {
    const context = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', flags: 1 };
    expect(parseTraceparent(GOOD)).toEqual(context);
    expect(formatTraceparent(context)).toBe(GOOD);
    expect(formatTraceparent({ ...context, flags: 0 })).toBe(GOOD.replace(/01$/, '00'));
  });

  it('is kept as it came', () => {
    const future = `cc${GOOD.slice(2)}-what-the-future-will-be-like`;
    for (const text of [GOOD, GOOD.replace(/01$/, '00'), future]) expect(validTraceparent(text)).toBe(text);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['no trace', GOOD.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32))],
    ['no span', GOOD.replace('b7ad6b7169203331', '0'.repeat(16))],
    ['a forbidden version', `ff${GOOD.slice(2)}`],
    ['capitals', GOOD.toUpperCase()],
    ['more than its version has', `${GOOD}-00`],
    ['less', GOOD.slice(0, -1)],
    ['two of them', `${GOOD}, ${GOOD}`],
    ['a line break', `${GOOD}\n`],
  ])('is none: %s', (_, text) => {
    expect(validTraceparent(text)).toBeNull();
  });
});

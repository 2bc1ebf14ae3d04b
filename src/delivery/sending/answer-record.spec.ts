import { describe, expect, it } from '@jest/globals';
import { shownReason, timed, type AnswerRecord } from './answer-record.js';

describe('the reason of a receiver', () => {
  const credentials = { secrets: [], headers: { Authorization: 'Bearer planted-credential' } };

  it('has no credential in it, also where it is cut', () => {
    for (let lead = 270; lead <= 300; lead += 1) {
      const shown = shownReason(`${'x'.repeat(lead)} planted-credential and more`, credentials);
      expect(shown).not.toContain('pl');
      expect(shown.length).toBeLessThanOrEqual(300);
    }
  });

  it('has no piece of one where the answer was cut within it', () => {
    const ends = (said: string): string => shownReason(said, credentials, 'perhaps cut');
    expect([ends('Receiver: got anted-c'), ends('Receiver: HTTP 400')]).toEqual([
      ...['Receiver: got ***', 'Receiver: HTTP 400'],
    ]);
  });

  it('is one line without control and bidi characters or half a pair', () => {
    const said = 'a\0\x1b[31m\u202eb\r\nc\ud800';
    expect(shownReason(said, credentials)).toBe('a[31mb c\ufffd');
  });
});

const TIMES = { startedAt: '2026-01-01T00:00:00.000Z', durationMs: 12 };
const RECORD: AnswerRecord = {
  responseCode: 503,
  responseBody: 'later',
  errorMessage: 'HTTP 503',
  errorCode: 'http',
  retryAfterSeconds: 7,
};

it.each<AnswerRecord>([RECORD, { ...RECORD, interpretation: { outcome: 'throttled', reason: 'later' } }])(
  'an answer with its times keeps all that it says: %j',
  (record) => {
    expect(timed(record, TIMES)).toEqual({ ...record, ...TIMES });
  },
);

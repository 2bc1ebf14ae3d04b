import { describe, expect, it } from '@jest/globals';
import { shownReason } from './answer-record.js';

describe('the reason of a receiver', () => {
  const credentials = { secrets: [], headers: { Authorization: 'Bearer planted-credential' } };

  it('has no credential in it, also where it is cut', () => {
    for (let lead = 270; lead <= 300; lead += 1) {
      const shown = shownReason(`${'x'.repeat(lead)} planted-credential and more`, credentials);
      expect(shown).not.toContain('pl');
      expect(shown.length).toBeLessThanOrEqual(300);
    }
  });

  it('is one line without control and bidi characters or half a pair', () => {
    const said = 'a\0\x1b[31m\u202eb\r\nc\ud800';
    expect(shownReason(said, credentials)).toBe('a[31mb c\ufffd');
  });
});

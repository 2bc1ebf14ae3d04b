import { describe, expect, it } from '@jest/globals';
import { hexColor, SEVERITIES, severityOf } from './severity.js';

describe('how urgent an event is', () => {
  it.each([
    ['entity.created', {}, 'info'],
    ['entity.deleted', {}, 'notice'],
    ['project.deleted', {}, 'notice'],
    ['export.completed', {}, 'notice'],
    ['rate_limit.exceeded', {}, 'warning'],
    ['import.failed', {}, 'error'],
    ['system.health', {}, 'info'],
    ['system.health', { kind: 'webhook.failing' }, 'warning'],
    ['system.health', { kind: 'webhook.disabled' }, 'error'],
    ['system.health', { kind: 'webhook.recovered' }, 'info'],
    ['system.health', { kind: 'constructor' }, 'info'],
    ['constructor', {}, 'info'],
    ['entity.created', { severity: 'error' }, 'error'],
    ['import.failed', { severity: 'info' }, 'info'],
    ['import.failed', { severity: 'catastrophic' }, 'error'],
    ['entity.created', { severity: ['error'] }, 'info'],
  ])('%s %j is %s', (event, data, severity) => {
    expect(severityOf({ event, data })).toBe(severity);
  });

  it('has the numbers and words of each kind of receiver', () => {
    expect(Object.values(SEVERITIES).map(({ syslog }) => syslog)).toEqual([6, 5, 4, 3]);
    expect(Object.values(SEVERITIES).map(({ otlpNumber }) => otlpNumber)).toEqual([9, 10, 13, 17]);
    expect(hexColor(SEVERITIES.info.color)).toBe('#3b82f6');
    expect(hexColor(0x1)).toBe('#000001');
  });
});

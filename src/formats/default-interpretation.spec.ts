import { describe, expect, it } from '@jest/globals';
import { byStatus, defaultInterpretation } from './default-interpretation.js';

describe('what a status means where a format says nothing else', () => {
  it.each([
    [200, 'success'],
    [204, 'success'],
    [302, 'retry'],
    [400, 'rejected'],
    [401, 'blocked'],
    [403, 'blocked'],
    [404, 'blocked'],
    [405, 'blocked'],
    [407, 'blocked'],
    [408, 'retry'],
    [410, 'gone'],
    [413, 'rejected'],
    [425, 'retry'],
    [429, 'throttled'],
    [500, 'retry'],
    [503, 'retry'],
  ])('%i is %s', (status, outcome) => {
    expect(byStatus({ status })).toEqual({ outcome });
    expect(defaultInterpretation({ status, headers: {}, body: 'said' })).toEqual({ outcome });
  });

  const html = { 'content-type': 'text/html; charset=utf-8' };

  it.each([
    [200, {}, '<html>Sign in</html>', 'blocked'],
    [200, {}, '\ufeff\n<!DOCTYPE html><title>Sign in', 'blocked'],
    [202, html, ' <head><title>Portal', 'blocked'],
    [400, html, '<center>nginx', 'blocked'],
    // Slack and many small servers call every text HTML.
    [200, html, 'ok', 'success'],
    [204, html, '', 'success'],
    [400, html, 'invalid_payload', 'rejected'],
    [200, {}, '<ok/>', 'success'],
    [413, html, '<html>', 'rejected'],
    [503, html, '<html>', 'retry'],
  ])('%i with %j and %j is %s', (status, headers, body, outcome) => {
    const read = defaultInterpretation({ status, headers, body });
    expect(read.outcome).toBe(outcome);
    expect(read.reason ?? '').toMatch(outcome === 'blocked' ? /look at the URL/ : /^$/);
  });
});

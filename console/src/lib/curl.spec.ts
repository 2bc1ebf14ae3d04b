import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { curl } from './curl.js';

/** Runs the command with a `curl` that prints its arguments, then what it reads from stdin, each ended by a NUL. */
function run(command: string): string[] {
  const bin = mkdtempSync(join(tmpdir(), 'curl-'));
  writeFileSync(join(bin, 'curl'), `#!/bin/sh\nprintf '%s\\0' "$@"\ncat\n`, { mode: 0o700 });
  const env = { ...process.env, SECRET: 'it’s $ecret', PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  try {
    return execFileSync('sh', { input: command, env, maxBuffer: 1e7 }).toString().split('\0');
  } finally {
    rmSync(bin, { recursive: true });
  }
}

const BODY = `{"data":{"quote":"it's","shell":"$(id) \`id\` \\\\ \\n"}}`;

it('survives any shell: body, URL and headers arrive as they are', () => {
  const url = `https://a.test/it's?x=$HOME&y=1`;
  const args = run(curl({ url, body: BODY, headers: { 'X-Odd': `'"$(id)` }, signed: false }));
  expect(args).toEqual(['--include', url, '-H', `X-Odd: '"$(id)`, '--data-binary', '@-', BODY]);
});

it('signs with the secret of the shell, and does not hold it', () => {
  const command = curl({ url: 'https://a.test', body: BODY, headers: {}, signed: true });
  const expected = createHmac('sha256', 'it’s $ecret').update(BODY).digest('hex');
  expect(run(command)).toContain(`X-Webhook-Signature: sha256=${expected}`);
});

it('takes bodies that are longer than an argument may be', () => {
  const body = JSON.stringify({ text: 'ä'.repeat(300_000) });
  expect(run(curl({ url: 'https://a.test', body, headers: {}, signed: false })).at(-1)).toBe(body);
});

it('has a place for a value that is not shown', () => {
  const headers = { Authorization: '***', 'X-Team': 'a' };
  const args = run(curl({ url: 'https://a.test', body: '{}', headers, signed: false }));
  expect(args).toEqual(expect.arrayContaining(['Authorization: <Authorization>', 'X-Team: a']));
});

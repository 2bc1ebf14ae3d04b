import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { curl } from './curl.js';

/** Runs the command with a `curl` that prints its arguments, one a line. */
function run(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  const output = execFileSync('sh', ['-c', script], { env: { ...process.env, SECRET: 'it’s $ecret' } });
  return output.toString().split('\0');
}

const BODY = `{"data":{"quote":"it's","shell":"$(id) \`id\` \\\\ \\n"}}`;

it('survives any shell: body, URL and headers arrive as they are', () => {
  const url = `https://a.test/it's?x=$HOME&y=1`;
  const args = run(curl({ url, body: BODY, headers: { 'X-Odd': `'"$(id)` }, signed: false }));
  expect(args).toEqual(['--include', url, '-H', `X-Odd: '"$(id)`, '--data-binary', BODY, '']);
});

it('signs with the secret of the shell, and does not hold it', () => {
  const command = curl({ url: 'https://a.test', body: BODY, headers: {}, signed: true });
  const expected = createHmac('sha256', 'it’s $ecret').update(BODY).digest('hex');
  expect(run(command)).toContain(`X-Webhook-Signature: sha256=${expected}`);
});

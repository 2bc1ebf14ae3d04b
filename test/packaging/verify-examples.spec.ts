import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verify } from '../../examples/verify/verify.js';

const ROOT = join(import.meta.dirname, '..', '..');
const EXAMPLES = join(ROOT, 'examples', 'verify');
const PYTHON = `
import json, sys
from verify import verify
for case in json.load(sys.stdin):
    try:
        verify(case["secret"], case["headers"], case["body"].encode(), case["now"])
        print("valid")
    except ValueError as error:
        print(error)
`;
const GO = `package verify

import ("encoding/json"; "fmt"; "net/http"; "os"; "testing"; "time")

func TestCases(t *testing.T) {
	file, _ := os.Open("cases.json")
	var cases []struct { Secret, Body string; Headers map[string]string; Now int64 }
	if err := json.NewDecoder(file).Decode(&cases); err != nil { t.Fatal(err) }
	for _, c := range cases {
		headers := http.Header{}
		for name, value := range c.Headers { headers.Set(name, value) }
		if err := Verify(c.Secret, headers, []byte(c.Body), time.Unix(c.Now, 0)); err != nil {
			fmt.Println("-", err)
		} else {
			fmt.Println("-", "valid")
		}
	}
}
`;

interface Case {
  secret: string;
  body: string;
  now: number;
  headers: Record<string, string>;
}

const vectors = JSON.parse(readFileSync(join(ROOT, 'test/support/vectors/signatures.json'), 'utf8')).cases;
const valid: Case[] = vectors.map((vector: any) => ({
  secret: vector.secret,
  body: vector.body,
  now: vector.webhook_timestamp,
  headers: {
    'webhook-id': vector.webhook_id,
    'webhook-timestamp': String(vector.webhook_timestamp),
    'webhook-signature': vector.webhook_signature,
  },
}));
const first = valid[0]!;
const during = { ...first.headers, 'webhook-signature': `v1,AAAA ${first.headers['webhook-signature']!}` };
const cases: Case[] = [
  ...valid,
  { ...first, headers: during },
  { ...first, body: `${first.body} ` },
  { ...first, secret: 'other' },
  { ...first, now: first.now + 301 },
];
const expected = [...valid, during]
  .map(() => 'valid')
  .concat('wrong signature', 'wrong signature', 'timestamp out of range');

function exists(command: string, ...args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}

function attempt({ secret, headers, body, now }: Case): string {
  try {
    verify(secret, headers, Buffer.from(body), now);
    return 'valid';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the verification examples', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'verify-examples-'));
    cpSync(EXAMPLES, directory, { recursive: true });
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('accept and refuse in TypeScript', () => {
    expect(cases.map(attempt)).toEqual(expected);
  });

  (exists('python3', '--version') ? it : it.skip)('accept and refuse in Python', () => {
    const output = execFileSync('python3', ['-c', PYTHON], { cwd: directory, input: JSON.stringify(cases) });
    expect(output.toString().trim().split('\n')).toEqual(expected);
  });

  (exists('go', 'version') ? it : it.skip)(
    'accept and refuse in Go',
    () => {
      writeFileSync(join(directory, 'go.mod'), 'module verify\n\ngo 1.21\n');
      writeFileSync(join(directory, 'cases.json'), JSON.stringify(cases));
      writeFileSync(join(directory, 'verify_test.go'), GO);
      const env = { ...process.env, GOTOOLCHAIN: 'local', CGO_ENABLED: '0' };
      const output = execFileSync('go', ['test', '-v', '-vet=off', '.'], { cwd: directory, env });
      const lines = output
        .toString()
        .split('\n')
        .filter((line) => line.startsWith('- '));
      expect(lines.map((line) => line.slice(2))).toEqual(expected);
    },
    180_000,
  );

  it.each(['ts', 'py', 'go'])('stand in the README as they are (%s)', (extension) => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    expect(readme).toContain(readFileSync(join(EXAMPLES, `verify.${extension}`), 'utf8').trim());
  });
});

import { afterAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { answer, anyText } from '../../../test/support/formats/arbitrary.js';
import { eventOf, SAMPLE_EVENTS, SAMPLE_WEBHOOK } from '../../../test/support/formats/events.js';
import { escapeDiscord } from '../discord/discord.js';
import { optionProblems } from '../options.js';
import { escapeSlack } from '../slack/slack.js';
import { defang } from '../text.js';
import { custom } from './custom.js';
import { TemplateThread } from './template-thread.js';

// Threads start and end here, which takes its time on a busy machine.
jest.setTimeout(60_000);

const event = eventOf('entity.created', {
  name: 'Jane "x" <b>',
  tags: ['a', 'b'],
  entity_id: 'e-1',
  count: 3,
});

async function rendered(template: unknown, options: object = {}, of = event): Promise<string> {
  const { body } = await custom.renderAsync!(of, { template, ...options }, SAMPLE_WEBHOOK);
  return body.toString();
}
const value = async (template: unknown, of = event): Promise<any> =>
  JSON.parse(await rendered(template, {}, of));

describe('a template', () => {
  it('makes the body out of the event', async () => {
    const template = {
      text: '${title}',
      who: { $eval: 'data.name' },
      tags: { $map: { $eval: 'data.tags' }, 'each(t)': '${t}!' },
      all: '${id} ${event} ${timestamp} ${project_id} ${severity} ${webhook.name}',
      facts: { $eval: 'len(facts)' },
      clock: { $eval: 'now' },
    };
    expect(await value(template)).toEqual({
      text: 'Entity created: Jane "x" <b>',
      who: 'Jane "x" <b>',
      tags: ['a!', 'b!'],
      all: 'evt-entity.created entity.created 2026-11-26T09:03:11.799Z op-lantern info SOC channel',
      facts: 4,
      clock: '2026-11-26T09:03:11.799Z',
    });
  });

  it.each(['application/json', 'application/x-ndjson'])(
    'makes no half of a character as %s',
    async (content_type) => {
      const hostile = eventOf('entity.created', { name: 'a\ud800 \\ud800', '\udc00': '\u{1f600}' });
      const body = await rendered([{ $eval: 'data' }], { content_type }, hostile);
      const [made] = [JSON.parse(body)].flat();
      expect(made).toEqual({ name: 'a\ufffd \\ud800', '\ufffd': '\u{1f600}' });
    },
  );

  it('says what it is sent as, and how', async () => {
    const request = await custom.renderAsync!(
      event,
      { template: 'x', method: 'PUT', content_type: 'text/plain' },
      SAMPLE_WEBHOOK,
    );
    expect(request).toMatchObject({
      method: 'PUT',
      url: SAMPLE_WEBHOOK.url,
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    });
    expect(request.body.toString()).toBe('x');
    const xml = eventOf('x', { name: 'a\0<\u001b>\ud800\ufffe é👩' });
    expect(await rendered('<n>${html(data.name)}</n>', { content_type: 'application/xml' }, xml)).toBe(
      '<n>a\ufffd&lt;\ufffd&gt;\ufffd\ufffd é👩</n>',
    );
    const list = { $map: { $eval: 'data.tags' }, 'each(t)': { t: { $eval: 't' } } };
    expect(await rendered(list, { content_type: 'application/x-ndjson' })).toBe('{"t":"a"}\n{"t":"b"}\n');
  });

  it('keeps any text inside its string', async () => {
    const texts = fc.sample(anyText, { numRuns: 50, seed: 1 });
    for (const name of texts) {
      const made = await value(
        { a: '${data.name}', b: { $eval: 'data.name' } },
        eventOf('entity.created', { name }),
      );
      expect(made).toEqual({ a: name.toWellFormed(), b: name.toWellFormed() });
    }
  });

  it('has functions that do what the formats do', async () => {
    const texts = fc.sample(anyText, { numRuns: 50, seed: 2 });
    const functions = { slack: escapeSlack, markdown: escapeDiscord, defang };
    for (const name of texts)
      for (const [called, ours] of Object.entries(functions))
        expect(await value({ $eval: `${called}(data.name)` }, eventOf('x', { name }))).toBe(
          ours(name).toWellFormed(),
        );
    const family = '👩‍👩‍👧‍👦';
    const cut = { $map: [4, 9, 12, 20], 'each(n)': { $eval: 'truncate(data.name, n)' } };
    expect(await value(cut, eventOf('x', { name: `ab${family}${family}` }))).toEqual([
      'ab…',
      `ab…`,
      `ab${family}…`,
      `ab${family}${family}`,
    ]);
    expect(await value({ $eval: "data['__proto__']" })).toBeNull();
    const data = { name: 'a=b\\c\n"d"', none: null };
    expect(
      await value(
        {
          $eval:
            "[cef(data.name), html(data.name), truncate('abcdef', 3), default(data.none, 'z'), json([1])]",
        },
        eventOf('x', data),
      ),
    ).toEqual(['a\\=b\\\\c\\n"d"', 'a=b\\c\n&quot;d&quot;', 'ab…', 'z', '[1]']);
  });

  it.each([
    [{ $eval: 'data.missing' }, {}, /missing/],
    [{ $eval: '1 +' }, {}, /template: /],
    [{ $eval: 'range(0, 5000)' }, {}, /range is longer/],
    [{ $eval: 'range(0, 5, 0)' }, {}, /range is longer/],
    [{ $eval: 'data.constructor' }, {}, /constructor/],
    [{ $eval: 'truncate' }, {}, /function/],
    ['text', { content_type: 'application/x-ndjson' }, /must make a list/],
    [{ a: 1 }, { content_type: 'text/plain' }, /must make a text/],
  ])('%j with %j ends this delivery: %s', async (template, options, reason) => {
    await expect(rendered(template, options)).rejects.toThrow(reason);
  });

  it('is the same for the sample events each time', async () => {
    for (const sample of SAMPLE_EVENTS.filter(({ kind }) => kind === 'hostile')) {
      const template = { title: '${title}', data: { $eval: 'data' } };
      expect(await rendered(template, {}, sample)).toBe(await rendered(template, {}, sample));
    }
  });
});

describe('the thread of templates', () => {
  const long = Array.from({ length: 3000 }, (_, index) => index);
  const loop = { $map: { $eval: 'l' }, 'each(a)': { $map: { $eval: 'l' }, 'each(b)': { $eval: 'a * b' } } };
  /** A list of 600 texts of 500 KB each. */
  const huge = { $map: { $eval: 'l' }, 'each(a)': { $eval: 'l[0] + a' } };
  const texts = ['x'.repeat(500_000), ...long.slice(0, 600).map(String)];
  const thread = new TemplateThread(3000);
  const job = (template: unknown, l: unknown) => ({
    template,
    context: { l },
    contentType: 'application/json',
  });

  afterAll(() => thread.close());

  it('ends what takes too long or too much, and goes on with the next', async () => {
    const results = await Promise.allSettled([
      thread.render(job({ $eval: 'l' }, 1)),
      thread.render(job(loop, long)),
      thread.render(job({ $eval: 'l' }, 2)),
      thread.render(job(huge, texts)),
      thread.render(job({ $eval: 'l' }, 3)),
    ]);
    expect(
      results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)),
    ).toEqual([
      '1',
      expect.stringMatching(/^template_timeout/),
      '2',
      // Which of the two comes first is a matter of how fast the machine is.
      expect.stringMatching(/^template_(memory|timeout)/),
      '3',
    ]);
  });
});

describe('what a template may not be', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
  const loops = (depth: number): unknown =>
    depth === 0 ? 1 : { $map: { $eval: 'data.tags' }, 'each(t)': loops(depth - 1) };

  it.each([
    ['deep', nested(33)],
    ['large', 'x'.repeat(17_000)],
    ['three loops inside each other', loops(3)],
    ['with a key of objects', JSON.parse('{"a":{"__proto__":1}}')],
    ['with another', { constructor: 1 }],
  ])('%s', (_, template) => {
    const [problem, ...others] = optionProblems(custom, { template });
    expect(others).toEqual([]);
    expect([problem?.path[0], problem?.type]).toEqual(['template', 'template_refused']);
  });

  it.each<[unknown, (string | number)[], string]>([
    [{ $eval: '1 +' }, ['$eval'], 'it ends too early, at character 4'],
    [{ a: [{ $eval: 'data.name =' }] }, ['a', 0, '$eval'], 'this cannot stand here, at character 11'],
    [{ $if: 'data.a &', then: 1 }, ['$if'], 'this cannot stand here, at character 8'],
    ['Hello ${data.name', [], 'there is no expression that ends with }, at character 9'],
    ['${a} ${b', [], 'there is no expression that ends with }, at character 8'],
    [{ '${x y}': 1 }, ['${x y}'], 'there is no expression that ends with }, at character 3'],
  ])('%j, and says where: %j', (template, path, msg) => {
    expect(optionProblems(custom, { template })).toEqual([
      { path: ['template', ...path], msg: `is no JSON-e expression: ${msg}`, type: 'template_syntax' },
    ]);
  });

  it.each([
    'a $${not an expression, $ {nor this} } } { and ${data["}"]} #§ ${{"a": 1}.a} after',
    { $$eval: '1 +', '$${': 1, $json: { a: '${data.x + 1}' } },
    { $switch: { 'data.a == 1': 1, $default: 2 } },
    { $if: 'data.a', then: { $eval: 'data.b[0:2]' }, else: { $eval: "x in ['a']" } },
    { $let: { x: 1 }, in: { $sort: { $eval: 'data.l' }, 'by(y)': 'y.a' } },
  ])('takes %j', (template) => {
    expect(optionProblems(custom, { template })).toEqual([]);
  });

  it('and what it may be', () => {
    for (const template of [nested(32), loops(2), 'x', null, [1]])
      expect(optionProblems(custom, { template })).toEqual([]);
    expect(optionProblems(custom, {})).toMatchObject([{ path: ['template'], type: 'missing' }]);
  });
});

describe('what a template expects as an answer', () => {
  const expectation = { status: [200, 409], json: { '/ok': true, '/a~1b/0': 'x' } };

  it.each([
    [{}, 204, '', { outcome: 'success' }],
    [{}, 400, '', { outcome: 'retry' }],
    [{}, 410, '', { outcome: 'gone' }],
    [{}, 429, '', { outcome: 'throttled' }],
    [{ body: 'ok' }, 200, 'ok\n', { outcome: 'success' }],
    [
      { body: 'ok' },
      200,
      'no',
      { outcome: 'rejected', reason: 'Not as expected: the body is not as expected' },
    ],
    [expectation, 200, { ok: true, 'a/b': ['x'] }, { outcome: 'success' }],
    [expectation, 409, { ok: true, 'a/b': ['x'] }, { outcome: 'success' }],
    [expectation, 200, { ok: false }, { outcome: 'rejected', reason: 'Not as expected: /ok is not true' }],
    [
      expectation,
      200,
      'cut {',
      { outcome: 'rejected', reason: 'Not as expected: the answer is no JSON of at most 1 KiB' },
    ],
    [{ json: { '': { a: 1, b: [2] } } }, 200, { b: [2], a: 1 }, { outcome: 'success' }],
    [
      { json: { '': { a: 1 } } },
      200,
      { a: 2 },
      { outcome: 'rejected', reason: 'Not as expected: the whole is not {"a":1}' },
    ],
    [expectation, 202, '', { outcome: 'rejected', reason: 'Not as expected: HTTP 202' }],
    [expectation, 500, '', { outcome: 'retry' }],
  ])('%j takes %i %j for %j', (expect_, status, body, expected) => {
    expect(custom.interpret(answer(status, body), { expect: expect_ })).toEqual(expected);
  });
});

import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answer, anyEvent, textsIn } from '../../../test/support/formats/arbitrary.js';
import { eventOf, SAMPLE_EVENTS, SAMPLE_WEBHOOK } from '../../../test/support/formats/events.js';
import { fillingEvent } from '../../../test/support/formats/filling.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { HOSTILE_EVENTS, withAllFields } from '../../../test/support/formats/hostile-events.js';
import { teams } from './teams.js';

// The bundle: its modules are not found by Node.
const { AdaptiveCard, SerializationContext, Version }: typeof import('adaptivecards') = createRequire(
  import.meta.url,
)('adaptivecards/dist/adaptivecards.js');

const webhook = {
  ...SAMPLE_WEBHOOK,
  url: 'https://x.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/1/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers&sig=secret-tail',
};

const render = (event = eventOf('entity.created', { name: 'Jane' }), options: object = {}) => {
  const request = teams.render(event, { ...options }, webhook);
  return { ...request, json: JSON.parse(request.body.toString()) };
};

/** What Microsoft's own parser finds wrong with a card of version 1.4. */
function problemsOf(card: any): string[] {
  const context = new SerializationContext(new Version(1, 4));
  const parsed = new AdaptiveCard();
  parsed.parse(card, context);
  const events = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index).message);
  return [...events, ...parsed.validateProperties().validationEvents.map(({ message }) => message)];
}

function expectValid({ body, json }: ReturnType<typeof render>): void {
  expect(body.length).toBeLessThanOrEqual(24_576);
  expect(json.attachments).toHaveLength(1);
  const card = json.attachments[0].content;
  expect(problemsOf(card)).toEqual([]);
  expect(JSON.stringify(card)).not.toMatch(/"(TextBlock|FactSet|Image|Media|entities)"/);
  for (const block of card.body) expect(block.inlines.every(({ text }: any) => text !== '')).toBe(true);
  for (const text of textsIn(card.body)) expect(text).not.toMatch(/\{\{|https?:\/\//);
}

describe('teams', () => {
  it('renders the sample events as it always did', () => {
    expectGolden('teams', teams, {}, webhook.url);
  });

  it('renders a card of runs, which parse no Markdown', () => {
    const event = eventOf('import.failed', { source: '**a**' });
    const { json, url } = render(event, { link_template: 'https://basset.example/{id}' });
    expect(url).toBe(webhook.url);
    expect(json).toMatchObject({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null }],
    });
    const card = json.attachments[0].content;
    expect(card.body.map(({ inlines }: any) => inlines.map(({ text }: any) => text).join(''))).toEqual([
      'Import failed: **a**',
      'project_id: op-lantern',
      'source: **a**',
      'basset-hound · op-lantern · evt-import.failed',
    ]);
    expect(card.body[0].inlines[0].color).toBe('attention');
    expect(card.actions).toEqual([
      { type: 'Action.OpenUrl', title: 'Open', url: 'https://basset.example/evt-import.failed' },
    ]);
  });

  it('is a valid card and harms nobody, whatever the data', () => {
    fc.assert(
      fc.property(anyEvent, fc.boolean(), (event, isNamed) => {
        const fields = isNamed ? Object.keys(event.data).filter(Boolean).slice(0, 25) : undefined;
        expectValid(
          render(event, { link_template: 'https://basset.example/e/{name}', ...(fields && { fields }) }),
        );
      }),
    );
    for (const event of SAMPLE_EVENTS) expectValid(render(event));
    for (const [, event] of HOSTILE_EVENTS)
      for (const options of [{}, withAllFields(event)]) expectValid(render(event, options));
  });

  it('counts the form of its facts, so that there is room for a long link', () => {
    const { event, options } = fillingEvent('€');
    const link_template = `https://basset.example/${'x'.repeat(1000)}`;
    const { body } = render(event, { ...options, link_template });
    expect(body.length).toBeLessThanOrEqual(24_576);
    expect(body.length).toBeGreaterThan(20_000);
  });

  it('finds a card that is wrong', () => {
    expect(problemsOf({ type: 'AdaptiveCard', version: '1.4', body: [{ type: 'Nonsense' }] })).not.toEqual(
      [],
    );
  });

  it('shows many events as one message', () => {
    const request = teams.renderDigest!(SAMPLE_EVENTS, {}, webhook);
    const json = JSON.parse(request.body.toString());
    expect(json.attachments[0].content.body[0].inlines[0].text).toBe('60 events');
    expectValid({ ...request, json });
  });

  const error = (code: string, message = 'm') => ({ error: { code, message } });

  it.each([
    [202, '', { outcome: 'success' }],
    [200, '', { outcome: 'success' }],
    [200, '1', { outcome: 'success' }],
    [200, { status: 'ok' }, { outcome: 'success' }],
    [
      200,
      'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
      { outcome: 'throttled', reason: expect.stringMatching(/^Teams: Webhook message delivery failed/) },
    ],
    [
      200,
      'Summary or Text is required.',
      { outcome: 'rejected', reason: 'Teams: Summary or Text is required.' },
    ],
    [
      400,
      error('TriggerInputSchemaMismatch'),
      { outcome: 'rejected', reason: 'Teams: TriggerInputSchemaMismatch: m' },
    ],
    [
      400,
      error('WorkflowTriggerIsNotEnabled'),
      { outcome: 'blocked', reason: 'Teams: WorkflowTriggerIsNotEnabled: m' },
    ],
    [
      401,
      error('DirectApiAuthorizationRequired'),
      { outcome: 'blocked', reason: 'Teams: DirectApiAuthorizationRequired: m' },
    ],
    [403, '', { outcome: 'blocked' }],
    [404, error('WorkflowNotFound'), { outcome: 'gone', reason: 'Teams: WorkflowNotFound: m' }],
    [404, '<html>', { outcome: 'blocked' }],
    [413, '', { outcome: 'rejected' }],
    [429, error('TooManyRequests'), { outcome: 'throttled', reason: 'Teams: TooManyRequests: m' }],
    [502, error('NoResponse'), { outcome: 'retry', reason: 'Teams: NoResponse: m' }],
  ])('takes %i %j for %j', (status, body, expected) => {
    expect(teams.interpret(answer(status, body), {})).toEqual(expected);
  });

  it.each([
    [webhook.url, undefined, 0],
    ['https://flows.example/invoke?sig=x', undefined, 0],
    [
      'https://prod-1.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sig=x',
      undefined,
      1,
    ],
    ['https://flows.example/invoke?api-version=1', /"sig"/, 0],
    ['https://contoso.webhook.office.com/webhookb2/1', /switched off/, 0],
    ['https://outlook.office.com/webhook/1', /switched off/, 0],
  ])('%s: %s, %i warnings', (url, problem, warnings) => {
    const found = teams.checkUrl(new URL(url), {}, []);
    expect(found.problems).toHaveLength(problem ? 1 : 0);
    if (problem) expect(found.problems[0]).toMatch(problem);
    expect(found.warnings).toHaveLength(warnings);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Block } from '@slack/types';
import fc from 'fast-check';
import { answer, anyEvent, textsIn } from '../../../test/support/formats/arbitrary.js';
import { eventOf, SAMPLE_EVENTS, SAMPLE_WEBHOOK } from '../../../test/support/formats/events.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { HOSTILE_EVENTS, withAllFields } from '../../../test/support/formats/hostile-events.js';
import { messageOf } from '../message.js';
import { slack, slackMessage } from './slack.js';

const URL_OF_SLACK = 'https://hooks.slack.com/services/T000/B000/secret-tail';
const link_template = 'https://basset.example/e/{name}';

const bodyOf = (event = eventOf('entity.created', { name: 'Jane' }), options: object = {}): any =>
  JSON.parse(slack.render(event, { ...options }, SAMPLE_WEBHOOK).body.toString());

/** Limits of Block Kit, and of a message as a whole. */
function expectWithinLimits(body: any): void {
  expect(body.text.length).toBeLessThanOrEqual(4000);
  expect(body.blocks.length).toBeLessThanOrEqual(50);
  for (const { type, text, fields, elements } of body.blocks) {
    if (type === 'header') expect(text.text.length).toBeLessThanOrEqual(150);
    if (text) expect(text.text.length).toBeGreaterThan(0);
    expect(text?.text.length ?? 0).toBeLessThanOrEqual(3000);
    expect(fields?.length ?? 1).toBeLessThanOrEqual(10);
    expect(fields?.length ?? 1).toBeGreaterThan(0);
    for (const field of [...(fields ?? []), ...(elements ?? [])]) {
      expect(field.text.length).toBeGreaterThan(0);
      expect(field.text.length).toBeLessThanOrEqual(2000);
    }
  }
  const total = textsIn(body.blocks).reduce((sum, text) => sum + text.length, 0);
  expect(total).toBeLessThanOrEqual(13_000);
}

/** Nothing of the data can mention, link or be fetched. */
function expectHarmless(body: any): void {
  expect([body.unfurl_links, body.unfurl_media, body.mrkdwn]).toEqual([false, false, false]);
  expect(body.link_names).toBeUndefined();
  const texts = [
    ...body.blocks.flatMap((block: any) => [block.text, ...(block.fields ?? []), ...(block.elements ?? [])]),
  ];
  for (const { type, text, verbatim } of texts.filter(Boolean)) {
    if (type === 'mrkdwn') {
      expect(verbatim).toBe(true);
      expect(text).toMatch(/^<https:\/\/basset\.example\/e\/[^|<> ]+\|Open>$/);
    } else expect(text.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]|https?:\/\//);
  }
  expect(body.text.replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
}

describe('slack', () => {
  it('renders the sample events as it always did', () => {
    expectGolden('slack', slack, {}, URL_OF_SLACK);
    expectGolden('slack-workflow', slack, { mode: 'workflow' }, URL_OF_SLACK);
  });

  it('renders blocks that the types of Slack know', () => {
    const event = eventOf('entity.created', { name: 'Jane & <Co>' });
    const { body } = slackMessage(messageOf(event, { link_template }));
    const blocks: readonly Block[] = body.blocks;
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'section', 'context']);
    expect(body).toMatchObject({
      text: 'Entity created: Jane &amp; &lt;Co&gt; (project op-lantern)',
      blocks: [
        { text: { type: 'plain_text', text: 'Entity created: Jane &amp; &lt;Co&gt;', emoji: false } },
        { fields: [{ text: 'project_id\nop-lantern' }, { text: 'name\nJane &amp; &lt;Co&gt;' }] },
        {
          text: {
            type: 'mrkdwn',
            text: '<https://basset.example/e/Jane%20%26%20%3CCo%3E|Open>',
            verbatim: true,
          },
        },
        { elements: [{ text: 'basset-hound · op-lantern · evt-entity.created' }] },
      ],
    });
  });

  it('stays within the limits and harms nobody, whatever the data', () => {
    fc.assert(
      fc.property(anyEvent, fc.boolean(), (event, isNamed) => {
        const fields = isNamed ? Object.keys(event.data).filter(Boolean) : undefined;
        const body = bodyOf(event, { link_template, ...(fields && { fields }) });
        expectWithinLimits(body);
        expectHarmless(body);
      }),
    );
    for (const event of SAMPLE_EVENTS) expectWithinLimits(bodyOf(event));
    for (const [, event] of HOSTILE_EVENTS)
      for (const options of [{}, withAllFields(event)]) {
        expectWithinLimits(bodyOf(event, options));
        expectHarmless(bodyOf(event, options));
      }
  });

  it('shows many events as one message', () => {
    const body = JSON.parse(slack.renderDigest!(SAMPLE_EVENTS, {}, SAMPLE_WEBHOOK).body.toString());
    expect(body.blocks[0].text.text).toBe('60 events');
    expect(body.blocks[1].fields[0].text).toBe('Entity created\n3');
    expectWithinLimits(body);
    expectHarmless(body);
  });

  it('fills flat variables of text for a workflow', () => {
    const body = bodyOf(eventOf('import.failed', { source: 'a<b', error: 'x' }), { mode: 'workflow' });
    expect(body).toEqual({
      title: 'Import failed: a&lt;b',
      summary: 'Import failed: a&lt;b – x (project op-lantern)',
      severity: 'error',
      time: '2026-11-26T09:03:11.799Z',
      link: '',
      footer: 'basset-hound · op-lantern · evt-import.failed',
      facts: 'project_id: op-lantern\nsource: a&lt;b\nerror: x',
    });
  });

  it.each([
    [200, 'ok', 'success', undefined],
    [200, 'ok\n', 'success', undefined],
    [200, 'okay', 'rejected', 'Slack: okay'],
    [200, '', 'rejected', 'Slack: the answer is not "ok"'],
    [200, { ok: true }, 'rejected', 'Slack: {"ok":true}'],
    [400, 'invalid_payload', 'rejected', 'Slack: invalid_payload'],
    [400, 'invalid_blocks', 'rejected', 'Slack: invalid_blocks'],
    [400, 'user_not_found', 'rejected', 'Slack: user_not_found'],
    [403, 'action_prohibited', 'blocked', 'Slack: action_prohibited'],
    [404, 'channel_not_found', 'blocked', 'Slack: channel_not_found'],
    [403, 'invalid_token', 'gone', 'Slack: invalid_token'],
    [404, 'no_service', 'gone', 'Slack: no_service'],
    [404, 'no_team', 'gone', 'Slack: no_team'],
    [404, 'no_active_hooks', 'gone', 'Slack: no_active_hooks'],
    [404, 'no_service_id', 'gone', 'Slack: no_service_id'],
    [400, 'team_disabled', 'blocked', 'Slack: team_disabled'],
    [400, 'rollup_error', 'retry', 'Slack: rollup_error'],
    [429, 'no_service', 'throttled', 'Slack: no_service'],
    [410, 'channel_is_archived', 'gone', 'Slack: channel_is_archived'],
    [404, '<html>not Slack</html>', 'blocked', 'Slack: <html>not Slack</html>'],
    [429, '', 'throttled', undefined],
    [500, 'rollup_error', 'retry', 'Slack: rollup_error'],
    [503, '', 'retry', undefined],
  ])('takes %i %j for %s', (status, body, outcome, reason) => {
    expect(slack.interpret(answer(status, body), {})).toEqual({ outcome, ...(reason && { reason }) });
  });

  it('takes the answer of a workflow for success', () => {
    expect(slack.interpret(answer(200, { ok: true }), { mode: 'workflow' })).toEqual({ outcome: 'success' });
    const refusal = slack.interpret(answer(400, { ok: false, error: 'invalid_token' }), { mode: 'workflow' });
    expect(refusal).toEqual({ outcome: 'gone', reason: 'Slack: invalid_token' });
  });

  it.each([
    [URL_OF_SLACK, {}, undefined],
    ['https://proxy.example/services/a/b/c', {}, undefined],
    ['https://hooks.slack.com/services/T000/B000', {}, /as Slack shows it/],
    ['https://hooks.slack.com/triggers/T000/1/x', {}, /mode to "workflow"/],
    ['https://hooks.slack.com/triggers/T000/1/x', { mode: 'workflow' }, undefined],
    [URL_OF_SLACK, { mode: 'workflow' }, /leave out format_options.mode/],
  ])('%s with %j: %s', (url, options, problem) => {
    const { problems } = slack.checkUrl(new URL(url), options, []);
    expect(problems).toHaveLength(problem ? 1 : 0);
    if (problem) expect(problems[0]).toMatch(problem);
  });
});

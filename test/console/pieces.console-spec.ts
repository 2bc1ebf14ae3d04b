import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { settled, type Window } from '../support/browser.js';
import { until } from '../support/until.js';
import { Stage } from './stage.js';

jest.setTimeout(300_000);

let stage: Stage;
let window: Window;
let webhook: string;

beforeAll(async () => {
  stage = await Stage.set();
  // For good: what is taken for an outage would be tried once more, by itself.
  webhook = await stage.webhook('Weak archive', '/400', { events: ['orphan.*'] });
  await stage.webhook('Audit log', '/200');
  const events = Array.from({ length: 60 }, (_, n) => ({ event: 'entity.created', data: { n } }));
  await stage.api('POST', '/events/batch', { events });
  await stage.emit('orphan.created');
  await stage.quiet();
  window = await stage.signedIn();
});
afterAll(() => stage.strike());

async function open(path: string): Promise<Page> {
  const page = await window.tab(`/console/${path}`);
  await settled(page);
  await page.locator('.feed-state.live').waitFor();
  return page;
}

const focused = (page: Page): Promise<string> => page.evaluate<string>('document.activeElement.textContent');

describe('the log of deliveries', () => {
  it('says how many there are, and how many go into the file', async () => {
    const page = await open('deliveries');
    await page.getByText('61 deliveries', { exact: true }).waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export these 50 as JSON lines' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('deliveries.jsonl');
    const lines = readFileSync(await file.path(), 'utf8')
      .trimEnd()
      .split('\n');
    const { deliveries } = await stage.api('GET', '/webhooks/deliveries?payload=false&limit=50');
    expect(lines.map((line) => JSON.parse(line))).toEqual(deliveries);
    await page.close();
  });

  it('goes on at its head when it is turned, where the rows begin', async () => {
    const page = await open('deliveries');
    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByText('This is the end of the log.').waitFor();
    await until(async () => (await page.locator('tbody tr').count()) === 11, 'the last page');
    expect(await focused(page)).toBe('Deliveries');
    expect(await page.evaluate('scrollY')).toBe(0);
    await page.getByRole('link', { name: 'Newest' }).click();
    await until(async () => (await page.locator('tbody tr').count()) === 50, 'the first page');
    expect(await focused(page)).toBe('Deliveries');
    await page.close();
  });
});

describe('the list of webhooks', () => {
  it('says how many of them are shown', async () => {
    const page = await open('webhooks');
    await page.getByText('2 webhooks', { exact: true }).waitFor();
    await page.getByLabel('Name, URL or event').fill('audit');
    await page.getByText('1 of 2 webhooks', { exact: true }).waitFor();
    await page.close();
  });
});

describe('a delivery', () => {
  it('has the other deliveries of its event, as they are now, and gives the focus back', async () => {
    const other = await stage.webhook('Second archive', '/400', { events: ['orphan.linked'] });
    await stage.emit('orphan.linked');
    await stage.quiet();
    const failed = await stage.api('GET', '/webhooks/deliveries?event=orphan.linked');
    const of = (id: string) => failed.deliveries.find((each: any) => each.webhook_id === id).id;
    const page = await open(`deliveries/${of(webhook)}`);
    const others = page.getByRole('region', { name: 'Other deliveries of this event' });
    await others.getByText('Failed').waitFor();
    expect(await others.locator('tbody tr').count()).toBe(1);

    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Retry');

    stage.receiver.answerWith([200]);
    await stage.api('POST', `/webhooks/deliveries/${of(other)}/retry`);
    await others.getByText('Success').waitFor();
    stage.receiver.answerWith(() => ({ status: 500, body: 'an answer' }));
    await page.close();
  });
});

describe('a webhook', () => {
  it('shows the attempts of its test, and the focus stays where one pressed', async () => {
    const page = await open(`webhooks/${webhook}`);
    await page.getByRole('button', { name: 'Send a test' }).click();
    const attempt = page.locator('.test-result .attempt');
    await attempt.getByText('HTTP 500').waitFor();
    await attempt.getByText('an answer').waitFor();
    expect(await focused(page)).toBe('Send a test');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Activate' }).waitFor();
    expect(await focused(page)).toBe('Activate');
    await page.getByRole('button', { name: 'Activate' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.close();
  });

  it('keeps its small table still while the pointer is on it, and says that more has happened', async () => {
    const page = await open(`webhooks/${webhook}`);
    const table = page.locator('.scroll[aria-label="Its last deliveries"]');
    const first = table.locator('tbody tr').first();
    const href = await first.getByRole('link').getAttribute('href');
    await first.hover();
    await stage.emit('orphan.created', { project_id: 'held' });
    const held = page.getByText('There are newer rows: they come when you leave this table.');
    await held.waitFor();
    expect(await first.getByRole('link').getAttribute('href')).toBe(href);
    await page.getByRole('heading', { level: 1 }).hover();
    await held.waitFor({ state: 'detached' });
    expect(await first.innerText()).toContain('held');
    await page.close();
  });
});

describe('the settings of a webhook', () => {
  it('keep a number as it is typed, say at once what is none, and save it as a number', async () => {
    const id = await stage.webhook('Logs', '/loki/api/v1/push', { format: 'loki', active: false });
    const page = await open(`webhooks/${id}/settings`);
    const number = page.getByLabel('max line bytes');
    await number.fill('9e');
    await page.getByText('This is no number.').waitFor();
    expect(await number.inputValue()).toBe('9e');
    await number.fill('9000');
    await page.getByText('This is no number.').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(`**/console/webhooks/${id}`);
    const { format_options } = await stage.api('GET', `/webhooks/${id}`);
    expect(format_options).toMatchObject({ max_line_bytes: 9000 });
    await page.close();
  });
});

import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { settled, type Window } from '../support/browser.js';
import { liveRegions, wrongIn } from './looks.js';
import { Stage } from './stage.js';

jest.setTimeout(300_000);

let stage: Stage;
let window: Window;
let webhook: string;
let delivery: string;
let event: string;

beforeAll(async () => {
  stage = await Stage.set();
  webhook = await stage.webhook('Weak archive', '/500', { generate_secret: true });
  await stage.webhook(`Long ${'name of a webhook '.repeat(5)}`.slice(0, 100).trim(), '/200');
  const { event_id, delivery_ids } = await stage.emit();
  await stage.quiet();
  const { deliveries } = await stage.api('GET', `/webhooks/deliveries?status=failed`);
  [event, delivery] = [event_id, deliveries[0].id];
  expect(delivery_ids).toContain(delivery);
  window = await stage.signedIn();
});
afterAll(() => stage.strike());

const click = (name: RegExp) => (page: Page) => page.getByRole('button', { name }).first().click();

/** Where each is, how it is opened, and what shows that it is open. */
const OPENED: readonly (readonly [
  name: string,
  path: () => string,
  open: (page: Page) => Promise<unknown>,
  shown: string,
])[] = [
  ['delete', () => `webhooks/${webhook}/settings`, click(/^Delete this/), 'dialog[open]'],
  ['pause', () => `webhooks/${webhook}`, click(/^Pause$/), 'dialog[open]'],
  ['recover', () => `webhooks/${webhook}`, click(/^Recover/), 'dialog[open] >> text=/would be sent again/'],
  ['rotate', () => `webhooks/${webhook}`, click(/^Rotate/), 'dialog[open]'],
  ['retry', () => `deliveries/${delivery}`, click(/^Retry$/), 'dialog[open]'],
  [
    'shortcuts',
    () => '',
    async (page) => {
      await page.locator('h1').focus();
      await page.keyboard.press('?');
    },
    'dialog[open] .keys',
  ],
  ['menu', () => '', click(/^tester$/), '#menu:popover-open'],
  [
    'format and retries',
    () => `webhooks/${webhook}/settings`,
    async (page) => {
      await page.getByLabel('Format', { exact: true }).selectOption('slack');
      await page.getByText(/^Retries: /).click();
    },
    'details[open] >> text=First delay',
  ],
  [
    'exact times',
    () => 'deliveries',
    (page) => page.getByLabel('Time').selectOption('exact'),
    '.filters input[type=datetime-local]',
  ],
  ['table of a chart', () => '', (page) => page.getByText('As a table').click(), '.bars details[open] table'],
  [
    'headers',
    () => `deliveries/${delivery}`,
    (page) => page.getByText('Headers', { exact: true }).click(),
    'details[open] .headers',
  ],
  [
    'who would get it',
    () => `events/${event}`,
    (page) => page.getByText('Who would get such an event now').click(),
    'details[open] .recipients',
  ],
  ['test result', () => `webhooks/${webhook}`, click(/^Send a test$/), '.test-result .attempt'],
];

describe('what is opened is accessible and fits, in both themes, wide and narrow', () => {
  it.each(OPENED)('%s', async (name, path, open, shown) => {
    const page = await window.tab(`/console/${path()}`);
    await settled(page);
    await open(page);
    await page.locator(shown).first().waitFor();
    expect([...(await wrongIn(page, `opened ${name}`)), ...window.offences]).toEqual([]);
    await page.close();
  });

  it('a secret that is shown once', async () => {
    const page = await window.tab(`/console/webhooks/${webhook}`);
    await settled(page);
    await click(/^Rotate/)(page);
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    await page.locator('dialog[open] .secret').waitFor();
    expect([...(await wrongIn(page, 'opened secret')), ...window.offences]).toEqual([]);
    await page.getByLabel('I have stored it').check();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await liveRegions(page)).toEqual(['on the page']);
    await page.close();
  });
});

describe('who does not see the page', () => {
  const heard = (page: Page, text: string, place = 'body >'): Promise<void> =>
    page.locator(`${place} [aria-live=polite]`, { hasText: text }).waitFor({ state: 'attached' });

  it('hears in a dialog what that says, and on the page what became of it', async () => {
    const page = await window.tab(`/console/webhooks/${webhook}`);
    await settled(page);
    await page.route('**/secret/rotate', (route) => route.abort());
    await click(/^Rotate/)(page);
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    await heard(page, 'The service does not answer.', 'dialog[open] >');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await click(/^Send a test$/)(page);
    await heard(page, 'The test did not arrive.');
    await page.close();
  });

  it('hears of two things that happen at once', async () => {
    const page = await window.tab('/console/emit');
    await settled(page);
    await page.locator('.feed-state.live').waitFor();
    await page.route('**/api/v1/events', (route) => route.abort());
    await page.locator('select[data-filter]').selectOption('entity.created');
    await page.getByRole('link', { name: 'Weak archive' }).waitFor();
    await page.getByRole('button', { name: 'Emit' }).click();
    await heard(page, 'The service does not answer.');
    await page.close();
  });

  it('hears why a form was not sent', async () => {
    const page = await window.tab('/console/webhooks/new');
    await settled(page);
    await page.getByLabel('Name', { exact: true }).fill('Hears');
    await page.getByLabel('URL', { exact: true }).fill(stage.receiver.url('/200'));
    await page.getByRole('button', { name: 'Create' }).click();
    await heard(page, 'Some fields are not right yet.');
    await page.close();
  });
});

import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { settled } from '../support/browser.js';
import { until } from '../support/until.js';
import { KEY, Stage } from './stage.js';
import { Window } from '../support/browser.js';

jest.setTimeout(300_000);

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage.strike());

const NAME = `(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.textContent ?? '').trim()`;

/** Presses Tab until something with this name has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 90; presses += 1) {
    const now = await page.evaluate<string>(NAME);
    if (name.test(now)) return;
    seen.push(now.slice(0, 30));
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab leads to no ${String(name)}, but to ${seen.join(' | ')}`);
}

async function press(page: Page, name: RegExp, key = 'Enter'): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

describe('by keyboard alone', () => {
  it('one signs in, creates, tests, reads why it failed, repairs, and recovers', async () => {
    const window = await Window.open(stage.browser, stage.service.url);
    const page = await window.tab('/console/');
    await page.getByLabel('API key').waitFor();
    await page.keyboard.type(KEY);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Three steps to the first delivery' }).waitFor();

    await press(page, /^Create a webhook$/);
    await page.getByRole('heading', { name: 'New webhook' }).waitFor();
    await tabTo(page, /^Name$/);
    await page.keyboard.type('My receiver');
    await tabTo(page, /^URL$/);
    await page.keyboard.type(stage.receiver.url('/500'));
    // What is missing is led to, also where it is a group of boxes.
    await page.keyboard.press('Enter');
    await page.getByText('events must name at least one event type', { exact: true }).waitFor();
    await page.waitForFunction(`document.activeElement.matches('.event-tree input')`);
    await press(page, /^entity\.\*$/, 'Space');
    await press(page, /^Retries: after/);
    await tabTo(page, /^Retries$/);
    await page.keyboard.press('Control+A');
    await page.keyboard.type('0');
    await press(page, /^Create$/);
    await page.getByRole('dialog').waitFor();
    // It is shown this once, and not taken away by a slip.
    for (let count = 0; count < 3; count += 1) await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
    await press(page, /I\s+have stored it/, 'Space');
    await press(page, /^Done$/);

    await page.getByRole('heading', { name: 'My receiver' }).waitFor();
    await press(page, /^Send a test$/);
    await page.getByText('The test did not arrive.').first().waitFor();
    await page.getByText('The receiver failed inside.').waitFor();

    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await page.getByRole('heading', { name: 'Emit an event' }).waitFor();
    await tabTo(page, /^Event/);
    await page.keyboard.type('entity.created');
    await page.getByRole('link', { name: 'My receiver' }).waitFor();
    await press(page, /^Emit$/);
    await page.getByText('on disk').first().waitFor();
    await stage.quiet();

    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
    await page.locator('tbody tr').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'What was sent' }).waitFor();
    await page.getByText('The receiver failed inside.').waitFor();

    // From the row of the log the same key leads here, and asks.
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.locator('tbody tr').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // The browser tells of its address a moment after it has changed.
    await page.waitForURL(({ hash }) => hash === '');

    stage.receiver.answerWith([200]);
    await page.keyboard.press('r');
    await page.getByRole('dialog').waitFor();
    await press(page, /^Retry$/);
    await page.getByText('The receiver took it').waitFor();
    expect(window.offences).toEqual([]);
    await window.close();
  });

  it('one recovers what was missed, and sees how much it is before', async () => {
    stage.receiver.answerWith([500, 500, 500]);
    const id = await stage.webhook('Was away', '/500', { events: ['orphan.*'] });
    for (let count = 0; count < 3; count += 1) await stage.emit('orphan.created');
    await until(
      async () => (await stage.api('GET', `/webhooks/${id}`)).failure_count === 3,
      'three failures',
    );
    const window = await stage.signedIn();
    const page = await window.tab(`/console/webhooks/${id}`);
    await settled(page);
    await press(page, /^Recover/);
    await page.getByText('3 deliveries would be sent again.').first().waitFor();
    stage.receiver.answerWith([200]);
    await press(page, /^Send 3 deliveries again$/);
    const arrived = page.locator('tbody').getByText('Success');
    await until(async () => (await arrived.count()) === 3, 'three deliveries to arrive', 60_000);
    await window.close();
  });

  it('single keys do nothing in fields, and nothing at all when switched off', async () => {
    const window = await stage.signedIn();
    const page = await window.tab('/console/webhooks');
    await settled(page);
    await page.keyboard.press('/');
    await page.keyboard.type('gd?');
    expect(await page.getByLabel('Name, URL or event').inputValue()).toBe('gd?');
    await page.keyboard.press('Tab');
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.locator('h1').focus();
    await page.keyboard.press('?');
    await page.getByLabel('Single keys do something').uncheck();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator('h1').focus();
    await page.keyboard.press('?');
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    expect(new URL(page.url()).pathname).toBe('/console/webhooks');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await window.close();
  });
});

describe('live', () => {
  it('a new delivery waits behind a pill, and a row changes where it stands', async () => {
    stage.receiver.answerWith([500, 200]);
    await stage.webhook('Flapping', '/500', {
      events: ['import.*'],
      retry_config: { max_retries: 1, initial_delay: 3 },
    });
    const window = await stage.signedIn();
    const page = await window.tab('/console/deliveries?event=import.started');
    await settled(page);
    await page.locator('.feed-state.live').waitFor();
    await stage.emit('import.started');
    await page.getByRole('button', { name: '1 new' }).click();
    await page.locator('tbody tr').waitFor();
    await page.locator('tbody').getByText('Success').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
    expect(window.offences).toEqual([]);
    await window.close();
  });

  it('of more than 20 changes a second only the pill tells, and the rows follow when it is calm', async () => {
    stage.receiver.answerWith([200]);
    const id = await stage.webhook('In a rush', '/200', { events: ['report.scheduled'] });
    await stage.emit('report.scheduled');
    await stage.quiet();
    const { deliveries } = await stage.api('GET', `/webhooks/deliveries?webhook_id=${id}`);
    const told = (n: number) => {
      const news = { ...deliveries[0], payload: undefined, status: 'retrying', attempts: n + 2 };
      return `event: delivery\ndata: ${JSON.stringify(news)}\n\n`;
    };
    const window = await stage.signedIn();
    let [isSeen, isTold] = [false, false];
    // A feed that tells of a row that is there 30 times; after it there is the real one, which has what is read anew.
    await window.context.route('**/api/v1/feed?*', (route) => {
      if (!isSeen) return route.abort();
      if (isTold) return route.continue();
      isTold = true;
      const body = Array.from({ length: 30 }, (_, n) => told(n)).join('');
      return route.fulfill({ contentType: 'text/event-stream', body });
    });
    const page = await window.tab('/console/deliveries?event=report.scheduled');
    await page.locator('tbody').getByText('Success').waitFor();
    await page.evaluate(
      `window.seen = new Set(); new MutationObserver(() => seen.add((document.querySelector('tbody')?.innerText.includes('Retrying') ? 'row ' : '') + (document.querySelector('.pill')?.innerText ?? ''))).observe(document.body, { subtree: true, childList: true, characterData: true });`,
    );
    isSeen = true;
    const seen = () => page.evaluate<string[]>(`[...seen].filter((each) => each !== '')`);
    await until(async () => (await seen()).some((each) => each.includes('changed')), 'the pill', 60_000);
    expect(await seen()).toEqual(['1 changed · show']);
    await page.locator('.pill').waitFor({ state: 'detached' });
    await page.locator('.feed-state.live').waitFor();
    await page.locator('tbody').getByText('Success').waitFor();
    await window.close();
  });

  it('what somebody deletes says so, and takes no more actions', async () => {
    const id = await stage.webhook('Short-lived', '/200', { events: ['orphan.linked'] });
    const window = await stage.signedIn();
    const page = await window.tab(`/console/webhooks/${id}`);
    await settled(page);
    await page.getByRole('button', { name: 'Send a test' }).waitFor();
    await page.locator('.feed-state.live').waitFor();
    await stage.api('DELETE', `/webhooks/${id}`);
    await page.getByText('This webhook was deleted.').first().waitFor();
    expect(await page.getByRole('button', { name: 'Send a test' }).count()).toBe(0);
    expect(window.offences).toEqual([]);
    await window.close();
  });

  it('the filters of the webhooks stand in the address, so that one comes back to them', async () => {
    await stage.webhook('In the list', '/200', { events: ['orphan.linked'] });
    const window = await stage.signedIn();
    const page = await window.tab('/console/webhooks');
    await settled(page);
    await page.getByLabel('State').selectOption('active');
    await page.waitForURL('**/console/webhooks?state=active');
    await page.getByRole('link', { name: 'In the list' }).click();
    await page.waitForURL(/\/console\/webhooks\/[^?]+$/);
    await page.goBack();
    await page.getByRole('heading', { name: 'Webhooks', exact: true }).waitFor();
    expect(await page.getByLabel('State').inputValue()).toBe('active');
    await window.close();
  });

  it('what another instance does is seen as well', async () => {
    stage.receiver.answerWith([200]);
    await stage.webhook('Shared', '/200', { events: ['export.*'] });
    const neighbour = await stage.neighbour();
    const window = await stage.signedIn();
    const page = await window.tab('/console/deliveries?event=export.completed');
    await settled(page);
    await page.locator('.feed-state.live').waitFor();
    const headers = { authorization: `Bearer ${KEY}` };
    const event = { event: 'export.completed', data: {} };
    expect((await neighbour.call('POST', '/api/v1/events', event, headers)).status).toBe(202);
    await page.getByRole('button', { name: '1 new' }).click();
    await page.locator('tbody').getByText('Success').waitFor();
    expect(window.offences).toEqual([]);
    await window.close();
    await neighbour.end('SIGTERM');
  });

  it('reaches seven tabs, and nothing is missing after the service was killed', async () => {
    stage.receiver.answerWith([200]);
    const window = await stage.signedIn();
    const tabs: Page[] = [];
    for (let count = 0; count < 7; count += 1) tabs.push(await window.tab('/console/deliveries'));
    for (const tab of tabs) await tab.locator('.feed-state.live').waitFor();
    await stage.emit();
    for (const tab of tabs) await tab.getByRole('button', { name: /new/ }).waitFor();

    const [page] = tabs as [Page];
    await page.getByRole('button', { name: /new/ }).click();
    await page.getByRole('button', { name: /new/ }).waitFor({ state: 'detached' });
    await stage.service.end('SIGKILL');
    await page.locator('.feed-state.reconnecting').waitFor();
    await stage.service.start();
    await stage.emit('entity.deleted');
    await page.locator('.feed-state.live').waitFor();
    await page.getByRole('button', { name: /new/ }).click();
    await page.locator('tbody').getByText('entity.deleted').waitFor();
    expect(window.offences.filter((offence) => !offence.startsWith('request'))).toEqual([]);
    await window.close();
  });
});

import { jest } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testConnection } from '../support/connection.js';
import { HOSTILE_STRINGS } from '../support/hostile/strings.js';
import { ServiceProcess } from '../support/service-process.js';
import { settled, Window } from '../support/browser.js';
import { wrongIn } from './looks.js';
import { KEY, READ_ONLY_KEY, Stage } from './stage.js';

jest.setTimeout(300_000);

const NAMES = [
  'overview',
  'webhooks',
  'webhook',
  'new webhook',
  'settings',
  'deliveries',
  'deliveries without a match',
  'delivery',
  'event',
  'emit',
  'nothing found',
  'no such page',
] as const;

/** Texts that a page would run or load if it took them for more than text. */
const RISKY = HOSTILE_STRINGS.filter((text) => /[<>]|\{\{|javascript:/.test(text) && text.trim() === text);

let stage: Stage;
let pages: Record<(typeof NAMES)[number], string>;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.webhook('Audit log', '/200');
  await stage.webhook('Weak archive', '/500');
  await stage.webhook('Refuses the secret', '/401', { project_id: 'cold-case' });
  await stage.webhook(
    `Long ${'name of a webhook '.repeat(5)}`.slice(0, 100).trim(),
    '/200/'.padEnd(400, 'x'),
  );
  await stage.emit();
  await stage.emit('entity.updated', { project_id: 'cold-case' });
  await stage.emit('report.generated');
  await stage.quiet();
  const { deliveries } = await stage.api('GET', '/webhooks/deliveries?status=failed');
  const [{ id, event_id, webhook_id }] = deliveries;
  pages = {
    overview: '/console/',
    webhooks: '/console/webhooks',
    webhook: `/console/webhooks/${webhook_id}`,
    'new webhook': '/console/webhooks/new',
    settings: `/console/webhooks/${webhook_id}/settings`,
    deliveries: '/console/deliveries',
    'deliveries without a match': '/console/deliveries?event=orphan.linked',
    delivery: `/console/deliveries/${id}`,
    event: `/console/events/${event_id}`,
    emit: '/console/emit',
    'nothing found': '/console/find?id=nothing',
    'no such page': '/console/nothing',
  };
});
afterAll(() => stage.strike());

describe('every page is accessible, fits, and stays within its policy, in both themes, wide and narrow', () => {
  let window: Window;

  beforeAll(async () => {
    window = await stage.signedIn();
  });
  afterAll(() => window.close());

  it.each(NAMES)('%s', async (name) => {
    const page = await window.tab(pages[name]);
    await settled(page);
    expect([...(await wrongIn(page, name)), ...window.offences]).toEqual([]);
    await page.close();
  });

  it('sign in', async () => {
    const own = await Window.open(stage.browser, stage.service.url);
    const page = await own.tab('/console/deliveries');
    await page.getByLabel('API key').fill('not a key of anybody');
    await page.keyboard.press('Enter');
    await page.getByText('This key is not accepted').first().waitFor();
    await page.getByText(/, version \d+\.\d+\.\d+/).waitFor();
    expect([...(await wrongIn(page, 'sign in')), ...own.offences]).toEqual([]);
    // As a browser that drops the cookie: it is for https.
    await page.route('**/console/session', (route) =>
      route.request().method() === 'POST' ? route.fulfill({ status: 204 }) : route.continue(),
    );
    await page.getByLabel('API key').fill(KEY);
    await page.keyboard.press('Enter');
    await page.getByText('the browser did not keep the session').first().waitFor();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await own.close();
  });
});

describe('a page', () => {
  /** How often the service was asked for the log so far. */
  async function reads(): Promise<number> {
    const text = await (await fetch(`${stage.service.url}/metrics`)).text();
    const route =
      /http_requests_total\{route="\/api\/v1\/webhooks\/deliveries",method="GET",status_class="2xx"\} (\d+)/;
    return Number(route.exec(text)?.[1] ?? 0);
  }

  it('takes what the browser has begun to read for it, and asks for nothing twice', async () => {
    const window = await stage.signedIn();
    // When the feed opens, what was read before is read again: that is another matter.
    await window.context.route('**/api/v1/feed?*', (route) => route.abort());
    const before = await reads();
    const page = await window.tab('/console/deliveries');
    await page.locator('tbody tr').first().waitFor();
    await settled(page);
    expect((await reads()) - before).toBe(1);
    const begun = `performance.getEntriesByType('resource').filter((each) => each.initiatorType === 'link' && each.name.includes('/webhooks/deliveries')).length`;
    expect(await page.evaluate(begun)).toBe(1);
    expect(window.offences).toEqual([]);
    await window.close();
  });

  it.each(['webhooks', 'deliveries', 'overview'] as const)(
    'has the link of each row in its first cell: %s',
    async (name) => {
      const window = await stage.signedIn();
      const page = await window.tab(pages[name]);
      await page.locator('[data-row]').first().waitFor();
      const cells = `[...document.querySelectorAll('tr:has([data-row])')].map((row) => row.cells[0].querySelector('[data-row]') !== null)`;
      const first = await page.evaluate<boolean[]>(cells);
      expect(first.length).toBeGreaterThan(0);
      expect(first).not.toContain(false);
      await window.close();
    },
  );
});

describe('an address that is none', () => {
  it.each([
    ['webhooks/stats', 'There is no such page'],
    ['webhooks/formats/settings', 'There is no such page'],
    ['deliveries/activity', 'There is no such page'],
    ['events/%zz', 'This page could not be shown'],
    ['find?id=stats', 'Find by id'],
  ])('says so, and takes nothing down: %s', async (path, title) => {
    const window = await stage.signedIn();
    const page = await window.tab(`/console/${path}`);
    await page.getByRole('heading', { name: title }).waitFor();
    await settled(page);
    expect(new URL(page.url()).pathname).toBe(`/console/${path.split('?')[0] ?? ''}`);
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click();
    await page.getByRole('heading', { name: 'Webhooks' }).waitFor();
    expect(window.offences).toEqual([]);
    await window.close();
  });
});

describe('the page that emits', () => {
  it('asks filters about the data, hears of new webhooks, and makes one event of two presses', async () => {
    const filter = "data.type == 'person'";
    await stage.webhook('People', '/200', { events: ['search.executed'], filter });
    const window = await stage.signedIn();
    const page = await window.tab('/console/emit');
    await page.locator('.feed-state.live').waitFor();
    await page.locator('select[data-filter]').selectOption('search.executed');
    await page.getByText('Nobody would get it.').waitFor();
    await page.getByLabel('Data').fill('{"type":"person"');
    await page.getByText('may get it: it has a filter').waitFor();
    // Any news of a webhook asks the same question again.
    const asked = new Set<string>();
    page.on('request', (request) =>
      asked.add([request.method(), request.url(), request.postData()].join(' ')),
    );
    const data = JSON.stringify({ type: 'person', text: 'x'.repeat(5000) });
    await page.getByLabel('Data').fill(data);
    await page.getByText('may get it: it has a filter').waitFor({ state: 'detached' });
    await page.locator('form').getByRole('link', { name: 'People' }).waitFor();
    const url = `${stage.service.url}/api/v1/webhooks/match`;
    const body = (rest: string): string => `POST ${url} {"event":"search.executed"${rest}}`;
    const questions = [...asked].filter((each) => each.includes('/match') && each !== body(''));
    expect(questions).toEqual([body(`,"data":${data}`)]);
    await stage.webhook('Came later', '/200', { events: ['search.*'] });
    await page.locator('form').getByRole('link', { name: 'Came later' }).waitFor();
    const events = async (): Promise<number> => (await stage.api('GET', '/webhooks/stats')).total_events;
    const before = await events();
    await page.getByRole('button', { name: 'Emit' }).dblclick();
    await page.getByRole('link', { name: '2 deliveries' }).waitFor();
    expect((await events()) - before).toBe(1);
    expect(window.offences).toEqual([]);
    await window.close();
  });
});

describe('what is hostile', () => {
  it('turns no sentence around it, whatever writing direction it asks for', async () => {
    const name = 'exe.gnp \u202e\u2067 turned';
    const id = await stage.webhook(name, '/500', { events: ['project.*'], description: name });
    await stage.emit('project.created', { project_id: '\u202ereversed', data: { name } });
    await stage.quiet();
    const window = await stage.signedIn();
    for (const path of ['/console/', '/console/webhooks', `/console/webhooks/${id}`, '/console/deliveries']) {
      const page = await window.tab(path);
      await settled(page);
      const apart = `[...document.querySelectorAll('main :not(option)')].filter((each) => each.childElementCount === 0 && each.textContent === ${JSON.stringify(name)}).map((each) => getComputedStyle(each)).map(({ display, unicodeBidi }) => display !== 'inline' || unicodeBidi === 'isolate')`;
      await page.waitForFunction(`${apart}.length > 0`);
      const places = await page.evaluate<boolean[]>(apart);
      expect([path, places.includes(false)]).toEqual([path, false]);
      await page.close();
    }
    expect(window.offences).toEqual([]);
    await window.close();
  });

  it('is shown as text, in names, URLs and bodies', async () => {
    const events = ['orphan.created'];
    const ids: string[] = [];
    for (const name of RISKY.filter((text) => text.length <= 100))
      ids.push(await stage.webhook(name, '/200', { events, description: name }));
    const data = { texts: RISKY };
    const { event_id, delivery_ids } = await stage.emit('orphan.created', { data });
    await stage.quiet();
    const window = await stage.signedIn();
    const list = await window.tab('/console/webhooks');
    await settled(list);
    const names = await list.locator('tbody th [data-row]').allTextContents();
    expect(names).toEqual(expect.arrayContaining(RISKY.filter((text) => text.length <= 100)));
    const own = ids.slice(0, 3).flatMap((id) => [`webhooks/${id}`, `webhooks/${id}/settings`]);
    const about = [`events/${event_id}`, `deliveries/${delivery_ids[0] ?? ''}`, 'deliveries', '', 'emit'];
    for (const path of [...about, ...own, `find?id=${encodeURIComponent(RISKY[0] ?? '')}`]) {
      const page = await window.tab(`/console/${path}`);
      await settled(page);
      if (path === 'emit') {
        await page.locator('select[data-filter]').selectOption('orphan.created');
        await page.locator('.recipients').first().waitFor();
      }
      expect([path, await page.locator('main img, main script, main iframe').count()]).toEqual([path, 0]);
      await page.close();
    }
    expect(window.offences).toEqual([]);
    await window.close();
  });
});

describe('a session', () => {
  it('keeps nothing in the browser but what one chose, and a cookie that no script reads', async () => {
    const window = await stage.signedIn();
    const page = await window.tab('/console/');
    await page.getByRole('button', { name: 'tester' }).click();
    await page.getByLabel('Dark').check();
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).toBe(
      '[{"basset-theme":"dark"},{}]',
    );
    expect(await page.evaluate('document.cookie')).toBe('');
    const [cookie] = await window.context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    const refuse = '**/console/session';
    await page.route(refuse, (route) => route.abort());
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are still signed in: The service does not answer.').first().waitFor();
    await page.unroute(refuse);
    const other = await window.tab('/console/webhooks');
    await settled(other);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    await other.getByLabel('API key').waitFor();
    await window.close();
  });

  it('that ends says so, and takes no secret along that nobody has stored', async () => {
    const id = await stage.webhook('Keeps its secret', '/200', {
      events: ['orphan.linked'],
      generate_secret: true,
    });
    const window = await stage.signedIn();
    const page = await window.tab(`/console/webhooks/${id}`);
    await page.getByRole('button', { name: 'Rotate secret' }).click();
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    await page.locator('.secret').waitFor();
    for (let count = 0; count < 3; count += 1) await page.keyboard.press('Escape');
    await window.context.clearCookies();
    await page.getByText('Your session has ended.').first().waitFor({ state: 'attached', timeout: 60_000 });
    expect(await page.locator('dialog[open] .secret').isVisible()).toBe(true);
    await page.getByLabel('I have stored it').check();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByLabel('API key').fill(KEY);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Keeps its secret' }).waitFor();
    await window.close();
  });

  it('with a key that may only look shows nothing that it may not do', async () => {
    const window = await stage.signedIn({}, READ_ONLY_KEY);
    const forbidden =
      /^(?:retry|send a test|pause|activate|rotate|recover|settings|new webhook|emit|create)/i;
    for (const path of Object.values(pages)) {
      const page = await window.tab(path);
      await settled(page);
      const main = page.locator('body');
      expect(await main.getByRole('button', { name: forbidden }).count()).toBe(0);
      expect(await main.getByRole('link', { name: forbidden }).count()).toBe(0);
      await page.close();
    }
    const page = await window.tab('/console/');
    await settled(page);
    await page.keyboard.press('?');
    expect(await page.locator('dialog kbd').allTextContents()).toEqual(
      expect.not.arrayContaining(['r', 'g e']),
    );
    await window.close();
  });

  it('is of no use to a page of another port', async () => {
    const window = await stage.signedIn();
    const other = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<p>other</p>'),
    );
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const before = stage.receiver.requests.length;
    const page = await window.context.newPage();
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    const id = pages.webhook.split('/').at(-1) ?? '';
    const url = `${stage.service.url}/api/v1/webhooks/${id}`;
    const call = (method: string, path: string, mode: string): Promise<string> =>
      page.evaluate(
        `fetch('${url}${path}', { method: '${method}', credentials: 'include', mode: '${mode}' }).then((r) => r.type, () => 'refused')`,
      );
    expect(await call('POST', '/test', 'no-cors')).toBe('opaque');
    expect(await call('DELETE', '', 'cors')).toBe('refused');
    expect(await call('GET', '', 'cors')).toBe('refused');
    expect(stage.receiver.requests).toHaveLength(before);
    await stage.api('GET', `/webhooks/${id}`);
    other.close();
    await window.close();
  });

  it('ends when its key is taken out', async () => {
    const window = await stage.signedIn();
    const env = { API_KEYS: 'another:another-key-0123456789' };
    const other = await ServiceProcess.start(testConnection(), env);
    // Cookies know no ports: the browser sends the one that the first service made.
    const page = await window.context.newPage();
    await page.goto(`${other.url}/console/`);
    await page.getByLabel('API key').waitFor();
    await other.end('SIGTERM');
    await window.close();
  });
});

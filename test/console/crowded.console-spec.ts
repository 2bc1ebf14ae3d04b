import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityProblems, overflow, picture, settled, type Window } from '../support/browser.js';
import { Stage } from './stage.js';

jest.setTimeout(300_000);

const WIDTHS = [1280, 1024, 768, 320] as const;
const PATHS = {
  overview: '/console/',
  webhooks: '/console/webhooks',
  deliveries: '/console/deliveries',
  emit: '/console/emit',
} as const;

let stage: Stage;
let window: Window;

beforeAll(async () => {
  stage = await Stage.set();
  window = await stage.signedIn();
});
afterAll(() => stage.strike());

const PROJECT = 'operation_northern_lights_of_the_regional_office_2026';

/** Texts of a table that end before they are over; a URL is cut where it has taken two lines. */
const CUT = `[...document.querySelectorAll('.webhooks :is(th, td, span)')].filter((each) => each.offsetParent && !each.closest('.url') && each.scrollWidth > each.clientWidth && getComputedStyle(each).overflowX === 'hidden' && getComputedStyle(each).display !== 'inline').map((each) => each.innerText)`;

/** Choices that do not show all of what is chosen. */
const SHORT_SELECTS = `[...document.querySelectorAll('.filters select')].filter((each) => {
  const whole = each.cloneNode(false);
  whole.append(each.selectedOptions[0].cloneNode(true));
  whole.style.cssText = 'width: max-content';
  each.after(whole);
  const isShort = whole.offsetWidth > each.offsetWidth;
  whole.remove();
  return isShort;
}).map((each) => each.value + each.selectedOptions[0].text)`;

/** What is wrong with a page in each width. */
async function wrongIn(page: Page, name: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    if ((await overflow(page)) > 0) wrong.push(`${name} ${width}: wider than its window`);
    await picture(page, `${name} ${width}`);
    if (width !== 768) continue;
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, `${name} dark ${width}`);
    await page.emulateMedia({ colorScheme: 'light' });
  }
  return [...wrong, ...(await accessibilityProblems(page))];
}

async function look(state: string): Promise<void> {
  for (const [name, path] of Object.entries(PATHS)) {
    const page = await window.tab(path);
    await settled(page);
    expect([...(await wrongIn(page, `${state} ${name}`)), ...window.offences]).toEqual([]);
    await page.close();
  }
}

describe('the console', () => {
  it('says what to do where there is nothing at all', async () => {
    await look('empty');
    const page = await window.tab('/console/webhooks');
    await settled(page);
    await page
      .getByRole('link', { name: /create|new/i })
      .first()
      .waitFor();
    await page.close();
  });

  it('has room for fifty webhooks, of which some fail, with names of a hundred characters', async () => {
    const paths = ['/200', '/200', '/200', '/500', '/401', '/410'];
    for (let n = 0; n < 50; n += 1) {
      const name = `${n} ${'Partner organisation for missing persons, office of '.repeat(3)}`.slice(
        0,
        n % 2 ? 100 : 24,
      );
      await stage.webhook(name.trim(), paths[n % paths.length]!, {
        project_id: n % 3 ? PROJECT : null,
      });
    }
    for (const event of ['entity.created', 'entity.updated'])
      await stage.emit(event, { project_id: PROJECT });
    await stage.quiet();
    await look('crowded');
    const page = await window.tab('/console/webhooks');
    await settled(page);
    expect(await page.locator('tbody tr').count()).toBe(50);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const cut = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.scroll'))`;
      expect([width, await page.evaluate(cut)]).toEqual([width, 0]);
    }
    await page.close();
    for (const width of [768, 320]) {
      const narrow = await window.tab('/console/webhooks');
      await settled(narrow);
      await narrow.setViewportSize({ width, height: 800 });
      const texts = await narrow.locator('tbody tr').allInnerTexts();
      const missing = [PROJECT, 'entity.*', new URL(stage.receiver.url()).host, 'ot signed'].map(
        (text) => texts.filter((row) => !row.includes(text)).length,
      );
      // Of fifty, 17 are for all projects.
      expect([width, missing]).toEqual([width, [17, 0, 0, 0]]);
      expect([width, await narrow.evaluate(CUT)]).toEqual([width, []]);
      await narrow.goto(`${stage.service.url}/console/deliveries`);
      await settled(narrow);
      expect([width, await narrow.evaluate(SHORT_SELECTS)]).toEqual([width, []]);
      await narrow.close();
    }
    const overview = await window.tab('/console/');
    await settled(overview);
    expect(await overview.locator('.attention').count()).toBe(5);
    await overview.getByRole('link', { name: /^All \d+ that need attention$/ }).waitFor();
    await overview.close();
  });
});

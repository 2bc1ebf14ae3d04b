import type { Page } from 'playwright-core';
import { accessibilityProblems, overflow, picture, type Look } from '../support/browser.js';

const LOOKS: readonly Required<Look>[] = [
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 1280 },
  { theme: 'light', width: 360 },
  { theme: 'dark', width: 320 },
];

/** Whatever a screen reader tells of by itself, as the path of its elements. */
export const liveRegions = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll('[aria-live], [role=status], [role=alert], [role=log], output')].map((each) => each.closest('dialog[open]') ? 'in the dialog' : each.parentElement === document.body ? 'on the page' : each.outerHTML)`,
  );

/** What is wrong with a page in each theme and width, where it stands. */
export async function wrongIn(page: Page, name: string): Promise<string[]> {
  const wrong: string[] = [];
  // Of two live regions one interrupts the other; outside of an open dialog none is heard.
  const isOpen = (await page.locator('dialog[open]').count()) > 0;
  const live = await liveRegions(page);
  if (live.join() !== (isOpen ? 'in the dialog' : 'on the page'))
    wrong.push(`${name}: live regions: ${live.join(', ')}`);
  for (const { theme, width } of LOOKS) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height: 800 });
    const look = `${name} ${theme} ${width}`;
    wrong.push(...(await accessibilityProblems(page)).map((problem) => `${look}: ${problem}`));
    if ((await overflow(page)) > 0) wrong.push(`${look}: wider than its window`);
    await picture(page, look);
  }
  return wrong;
}

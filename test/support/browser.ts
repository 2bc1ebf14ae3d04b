import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { chromiumPath } from './chromium.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = join(import.meta.dirname, '..', '..', 'test-results', 'console');

export function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('There is no Chromium: install Debian’s chromium.');
  // Root, as in CI, has no sandbox.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

export interface Look {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
}

/** A window of its own: cookies, storage, and a record of what a page must not do. */
export class Window {
  /** What the content policy or Trusted Types refused, what was thrown, and requests to another origin. */
  readonly offences: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    private readonly origin: string,
  ) {}

  static async open(
    browser: Browser,
    origin: string,
    { theme = 'light', width = 1280 }: Look = {},
  ): Promise<Window> {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: theme });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    await context.addInitScript(
      `addEventListener('securitypolicyviolation', (e) => console.error('refused by policy: ' + e.violatedDirective))`,
    );
    return new Window(context, origin);
  }

  async tab(path: string): Promise<Page> {
    const page = await this.context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${this.origin}/`) && !/^(?:blob|data):/.test(url))
        this.offences.push(`request to ${url}`);
    });
    page.on('pageerror', (error) => this.offences.push(`thrown: ${error.message}`));
    page.on('console', (message) => {
      if (/refused by policy|Content Security Policy|TrustedHTML/i.test(message.text()))
        this.offences.push(message.text());
    });
    await page.goto(this.origin + path);
    return page;
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** Resolves when nothing on the page is still loading. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('main h1');
  await page.waitForSelector('.loading', { state: 'detached' });
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds wrong by WCAG 2.2 AA, as lines. Its source is evaluated: the page's own policy refuses a script tag. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(`${AXE}; undefined`);
  const run = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`;
  const { violations } = await page.evaluate<{ violations: Violation[] }>(run);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary.replaceAll(/\s+/g, ' ')}`,
    ),
  );
}

/** By how many pixels the page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - innerWidth)');

/** For people to look at; the folder is ignored by git. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../test/support/browser.js';
import { createWebhook, emitPaced } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import { newEvents, RawCommits } from '../support/raw-commits.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { startService, type Service } from '../support/service.js';
import { scaled } from '../support/sizes.js';

const DELIVERIES = scaled(1_000_000, 5000);
const FILL_BATCH = 1000;
const VISITS = scaled(20, 3);
const RATE = 200;
const SECONDS = scaled(20, 3);
/** Nothing is evicted. */
const KEEP_ALL = { MAX_DELIVERIES: '1000000000' };
const PAGE = '/console/deliveries';
/** By then the service has asked itself what a page asks for (`warm-up.ts`). */
const QUIET_MS = scaled(20_000, 1000);

/** What Chromium writes of a task of a thread; times in µs. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The tasks of the thread that draws the page and answers the keys: how long each took, and what it computed, ms. */
function tasksOf(trace: Buffer): { readonly ms: number; readonly cpuMs: number }[] {
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { traceEvents: TraceEvent[] };
  const place = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const named = traceEvents.filter(({ ph, args }) => ph === 'M' && args?.name === 'CrRendererMain');
  const threads = new Set(named.map(place));
  return traceEvents
    .filter((event) => event.ph === 'X' && event.name.endsWith('RunTask') && threads.has(place(event)))
    .map(({ dur = 0, tdur = 0 }) => ({ ms: dur / 1000, cpuMs: tdur / 1000 }));
}

/** Without a service beside it: that would take over what a client of the benchmark's own has claimed. */
async function fill(neo4j: Neo4j): Promise<void> {
  const service = await startService(neo4j, KEEP_ALL);
  const webhookId = await createWebhook(service.api, 'http://127.0.0.1:9/hook', { active: false });
  await service.stop();
  const raw = await RawCommits.on(neo4j.driver);
  for (let made = 0; made < DELIVERIES; made += FILL_BATCH) {
    const events = newEvents(Math.min(FILL_BATCH, DELIVERIES - made), webhookId);
    await raw.run(await raw.append(events), events.length);
    await raw.run(await raw.finish(events), events.length);
  }
}

/** From the address to the first row on the screen. */
async function visit(page: Page, base: string): Promise<number> {
  await page.goto('about:blank');
  const started = performance.now();
  await page.goto(`${base}${PAGE}`, { waitUntil: 'commit' });
  await page.locator('tbody tr').first().waitFor();
  return performance.now() - started;
}

async function firstPage(report: Report, page: Page, { api }: Service): Promise<void> {
  const subject = `first page of ${DELIVERIES.toLocaleString('en')} deliveries`;
  await page.waitForTimeout(QUIET_MS);
  report.add(subject, `first visit, ${QUIET_MS / 1000} s after the start`, await visit(page, api.base), 'ms');
  for (let n = 0; n < VISITS; n += 1)
    report.add(subject, 'later visits, from the address to the first row', await visit(page, api.base), 'ms');
}

/** Deliveries arrive while somebody goes through the log by keyboard. */
async function updates(report: Report, browser: Browser, page: Page, { api }: Service): Promise<void> {
  const subject = `the log of deliveries at ${RATE} updates a second`;
  await visit(page, api.base);
  await browser.startTracing(page, { categories: ['devtools.timeline', 'toplevel'] });
  const emitting = emitPaced(api, RATE * SECONDS, RATE);
  for (let n = 0; n < SECONDS * 2; n += 1) {
    const started = performance.now();
    await page.keyboard.press('j');
    await page.evaluate('0');
    report.add(subject, 'a key, from the press to the answer of the page', performance.now() - started, 'ms');
    await page.waitForTimeout(500);
  }
  await emitting;
  const tasks = tasksOf(await browser.stopTracing());
  const longest = (times: number[]): number => times.reduce((most, ms) => Math.max(most, ms), 0);
  report.add(subject, 'the longest task of the page', longest(tasks.map(({ ms }) => ms)), 'ms');
  report.add(subject, 'CPU of the longest task of the page', longest(tasks.map(({ cpuMs }) => cpuMs)), 'ms');
  const cpu = tasks.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  report.add(subject, 'CPU of the page', cpu / (SECONDS * 10), '% of a core');
}

/** What somebody waits for who looks at a large log, and whether the page stays at hand while much happens. */
export async function consolePages(report: Report, neo4j: Neo4j): Promise<void> {
  const receiver = await Receiver.start();
  await fill(neo4j);
  const service = await startService(neo4j, KEEP_ALL);
  await createWebhook(service.api, `${receiver.base}/hook`);
  const browser = await openBrowser();
  const page = await browser.newPage();
  await firstPage(report, page, service);
  await updates(report, browser, page, service);
  await browser.close();
  await service.stop();
  await receiver.stop();
  report.note('Chromium, service, Neo4j and receiver share the cores of this machine.');
}

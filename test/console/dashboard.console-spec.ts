import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.js';
import { testConnection } from '../support/connection.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { ServiceProcess } from '../support/service-process.js';

jest.setTimeout(300_000);

const PAGE = readFileSync(join(import.meta.dirname, '../../examples/dashboard/index.html'));

let pages: Server;
let origin: string;
let service: ServiceProcess;
let receiver: Receiver;
let browser: Browser;

beforeAll(async () => {
  const graph = Graph.open();
  await graph.wipe();
  await graph.close();
  pages = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(PAGE));
  await new Promise<void>((ready) => pages.listen(0, '127.0.0.1', ready));
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  receiver = await Receiver.start(({ path }) => (path === '/bad' ? 500 : 200));
  service = await ServiceProcess.start(testConnection(), { CORS_ORIGINS: origin });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await service.end('SIGTERM');
  await receiver.close();
  pages.close();
});

const cells = (page: Page, table: string): Promise<string[]> =>
  page.locator(`#${table} td`).allTextContents();

describe('examples/dashboard', () => {
  it('shows what happens in its project, live, and finds the service again', async () => {
    const common = { events: ['*'], project_id: 'cold_case', retry_config: { max_retries: 0 } };
    for (const path of ['/good', '/bad'])
      await service.api('POST', '/webhooks', { name: path, url: receiver.url(path), ...common });
    const page = await browser.newPage();
    await page.goto(`${origin}/?service=${service.url}&project_id=cold_case`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.locator('#waiting', { hasText: '0' }).waitFor();

    const emit = (event: string, project_id: string) => service.api('POST', '/events', { event, project_id });
    await emit('entity.created', 'another');
    await emit('entity.created', 'cold_case');
    await emit('report.generated', 'cold_case');
    await emit('entity.created', 'cold_case');
    await page.locator('#deliveries tr', { hasText: /^success3$/ }).waitFor();
    await page.locator('#deliveries tr', { hasText: /^failed3$/ }).waitFor();
    expect(await cells(page, 'events')).toEqual(['entity.created', '2', 'report.generated', '1']);

    await service.end('SIGKILL');
    await page.getByText('Reconnecting …').waitFor();
    await service.start();
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 });
    await emit('project.created', 'cold_case');
    await page.locator('#events tr', { hasText: /^project\.created1$/ }).waitFor();
  });
});

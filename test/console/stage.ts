import type { Browser } from 'playwright-core';
import { openBrowser, Window, type Look } from '../support/browser.js';
import { testConnection } from '../support/connection.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

export const KEY = 'console-key-0123456789';
export const READ_ONLY_KEY = 'console-look-0123456789';
const KEYS = { API_KEYS: `tester:${KEY}`, READ_ONLY_API_KEYS: `reader:${READ_ONLY_KEY}` };

/** A built service with keys on an empty graph, a browser, and a receiver that answers by the path: /500 is HTTP 500. */
export class Stage {
  private constructor(
    readonly service: ServiceProcess,
    readonly receiver: Receiver,
    readonly browser: Browser,
  ) {}

  static async set(): Promise<Stage> {
    const graph = Graph.open();
    await graph.wipe();
    await graph.close();
    const receiver = await Receiver.start(({ path }) => ({
      status: Number(path.slice(1)) || 200,
      body: 'an answer',
    }));
    return new Stage(await ServiceProcess.start(testConnection(), KEYS), receiver, await openBrowser());
  }

  async strike(): Promise<void> {
    await this.browser.close();
    await this.service.end('SIGTERM');
    await this.receiver.close();
  }

  /** Another instance on the same graph; to be ended by the caller. */
  async neighbour(): Promise<ServiceProcess> {
    return ServiceProcess.start(testConnection(), KEYS);
  }

  /** The API, past the console. */
  async api(method: string, path: string, body?: object): Promise<any> {
    const answer = await this.service.call(method, `/api/v1${path}`, body, {
      authorization: `Bearer ${KEY}`,
    });
    if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** @returns its id */
  async webhook(name: string, path: string, more: object = {}): Promise<string> {
    const retry_config = { max_retries: 0 };
    const body = { name, url: this.receiver.url(path), events: ['entity.*'], retry_config, ...more };
    return (await this.api('POST', '/webhooks', body)).id;
  }

  async emit(
    event = 'entity.created',
    more: object = {},
  ): Promise<{ event_id: string; delivery_ids: string[] }> {
    return this.api('POST', '/events', { event, data: { name: 'Jane Roe' }, ...more });
  }

  /** Resolves when no delivery waits. */
  async quiet(): Promise<void> {
    const waits = async () => (await this.api('GET', '/webhooks/stats')).pending_deliveries;
    await until(async () => (await waits()) === 0, 'all deliveries to end', 60_000);
  }

  /** A window in which somebody is signed in. */
  async signedIn(look: Look = {}, key = KEY): Promise<Window> {
    const window = await Window.open(this.browser, this.service.url, look);
    const page = await window.tab('/console/');
    await page.getByLabel('API key').fill(key);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.close();
    return window;
  }
}

import { afterAll, beforeAll } from '@jest/globals';
import request from 'supertest';
import type { FormatEvent } from '../../src/formats/format.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { Graph } from '../support/graph.js';
import { until } from '../support/until.js';

const ENDED = new Set(['success', 'failed']);
const DELIVERED_MS = 60_000;
/** Events of several megabytes, and many of them in one request to the API. */
const ENV = { MAX_EVENT_BYTES: String(8 * 1024 * 1024) };

/** The whole service on the Neo4j of the run: events go in by its API, and out to a receiver that nobody here wrote. */
export class Service {
  private constructor(
    private readonly graph: Graph,
    private readonly app: TestApp,
    readonly api: Api,
  ) {}

  static async start(): Promise<Service> {
    const graph = Graph.open();
    await graph.wipe();
    const app = await TestApp.start({ env: ENV });
    return new Service(graph, app, new Api(app));
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.graph.wipe();
    await this.graph.close();
  }

  /** Has a webhook for as long as `use` runs; it gets every event of that time. */
  async withWebhook<T>(webhook: object, use: (webhook: any) => Promise<T>): Promise<T> {
    const retries = { max_retries: 2, initial_delay: 0.2 };
    const created = await this.api.createWebhook({ events: ['*'], retry_config: retries, ...webhook });
    try {
      return await use(created);
    } finally {
      await request(this.app.server).delete(`${API}/webhooks/${created.id}`);
    }
  }

  /** Sends the events to one webhook; answers those that its receiver did not take, with the reason. */
  async deliver(webhook: object, events: readonly FormatEvent[]): Promise<string[]> {
    return this.withWebhook(webhook, async ({ id }) => {
      for (const event of events) await this.emit(event);
      const deliveries = await this.untilEnded(id, events.length);
      return deliveries
        .filter(({ outcome }) => outcome !== 'success')
        .map((delivery) => `${delivery.event_id}: ${delivery.outcome} ${delivery.error_message}`);
    });
  }

  /** What is wrong with a webhook, as the request that tries it says. */
  async tried(webhook: object): Promise<any> {
    return this.withWebhook(webhook, ({ id }) => this.api.post(`/webhooks/${id}/test`, undefined, 200));
  }

  private async emit({ id, event, projectId, data, timestamp }: FormatEvent): Promise<void> {
    await this.api.post('/events', { id, event, project_id: projectId, data, timestamp }, 202);
  }

  private async untilEnded(webhookId: string, count: number): Promise<any[]> {
    let deliveries: any[] = [];
    const ask = async (): Promise<boolean> => {
      ({ deliveries } = await this.api.get(`/webhooks/${webhookId}/deliveries?limit=100&payload=false`));
      return deliveries.length === count && deliveries.every(({ status }) => ENDED.has(status));
    };
    await until(ask, 'all have ended', DELIVERED_MS).catch((error: unknown) => {
      throw new Error(
        `${String(error)}: ${JSON.stringify(deliveries.map(({ status, error_message: m }) => [status, m]))}`,
      );
    });
    return deliveries;
  }
}

/** To be called at the top of a file. */
export function setService(): { readonly service: Service } {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.stop());
  return {
    get service() {
      return service;
    },
  };
}

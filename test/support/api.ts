import request from 'supertest';
import type { TestApp } from './app.js';
import { until } from './until.js';

export const API = '/api/v1';

/** Calls of the REST API as the tests need them; each checks the status. */
export class Api {
  constructor(private readonly app: TestApp) {}

  async createWebhook(more: object): Promise<any> {
    const body = { name: 'test', events: ['entity.created'], ...more };
    return (await request(this.app.server).post(`${API}/webhooks`).send(body).expect(201)).body;
  }

  async emit(more: object = {}): Promise<{ event_id: string; delivery_ids: string[] }> {
    const body = { event: 'entity.created', ...more };
    return (await request(this.app.server).post(`${API}/events`).send(body).expect(202)).body;
  }

  async get(path: string, status = 200): Promise<any> {
    return (await request(this.app.server).get(`${API}${path}`).expect(status)).body;
  }

  async post(path: string, body: object | undefined, status: number): Promise<any> {
    const call = request(this.app.server).post(`${API}${path}`);
    return (await (body === undefined ? call : call.send(body)).expect(status)).body;
  }

  async delivery(id: string): Promise<any> {
    return this.get(`/webhooks/deliveries/${id}`);
  }

  /** Waits until a delivery has one of these states. */
  async untilDelivery(id: string, ...states: string[]): Promise<any> {
    let last: any;
    await until(async () => {
      last = await this.delivery(id);
      return states.includes(last.status);
    });
    return last;
  }
}

import request from 'supertest';
import { FailingWatch } from '../../src/history/failing/failing-watch.js';
import { InstanceLease } from '../../src/delivery/queue/instance-lease.js';
import { API } from './api.js';
import type { AppScene } from './app-scene.js';
import type { ShiftedClock } from './clock.js';

/** What the tests of failing webhooks do again and again. */
export class FailingDrill {
  constructor(private readonly scene: AppScene<ShiftedClock>) {}

  /** Time goes by, and with it the lease, which only a heartbeat renews. */
  async later(ms: number): Promise<void> {
    this.scene.clock.advance(ms);
    await this.scene.app.get(InstanceLease).renew();
  }

  async look(): Promise<void> {
    await this.scene.app.get(FailingWatch).look();
  }

  async webhook(id: string): Promise<any> {
    return this.scene.api.get(`/webhooks/${id}`);
  }

  async patch(id: string, body: object): Promise<any> {
    const answer = await request(this.scene.app.server).patch(`${API}/webhooks/${id}`).send(body).expect(200);
    return answer.body;
  }

  /** So many attempts, one after the other, each of which ends a delivery. A test passes by the breaker. */
  async attempt(id: string, times: number): Promise<void> {
    for (let n = 0; n < times; n += 1) await this.scene.api.post(`/webhooks/${id}/test`, undefined, 200);
  }
}

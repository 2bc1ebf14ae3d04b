import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PrometheusMetrics } from './prometheus.metrics.js';

describe('PrometheusMetrics', () => {
  let metrics: PrometheusMetrics;
  beforeEach(() => {
    metrics = new PrometheusMetrics();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const text = async (): Promise<string> => metrics.registry.metrics();

  it('counts events, attempts by outcome and commits by recorder', async () => {
    metrics.eventsAccepted(2);
    metrics.eventsAccepted(3);
    metrics.attempted('success', 0.2);
    metrics.attempted('failed', 40);
    metrics.committed('events', 7, 0.004);
    metrics.deactivated('gone');
    metrics.mended('no_place', 2);
    metrics.loginRefused('wrong');
    metrics.waitedForTurn(0.3);
    metrics.answered({ answer: '2xx', format: 'slack', outcome: 'rejected' });
    const lines = (await text()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'basset_webhooks_events_accepted_total 5',
        'basset_webhooks_attempt_duration_seconds_count{outcome="success"} 1',
        'basset_webhooks_attempt_duration_seconds_bucket{le="30",outcome="failed"} 0',
        'basset_webhooks_deactivated_total{reason="gone"} 1',
        'basset_webhooks_refused_logins_total{reason="wrong"} 1',
        'basset_webhooks_refused_logins_total{reason="missing"} 0',
        'basset_webhooks_attempts_total{answer="2xx",format="slack",outcome="rejected"} 1',
        'basset_webhooks_attempts_total{answer="policy",format="basset",outcome="retry"} 0',
        'basset_webhooks_throttle_wait_seconds_bucket{le="0.1"} 0',
        'basset_webhooks_throttle_wait_seconds_bucket{le="0.5"} 1',
        'basset_webhooks_queue_breaches_total{kind="no_place"} 2',
        'basset_webhooks_queue_breaches_total{kind="unregistered_claim"} 0',
        'basset_webhooks_commit_size_sum{recorder="events"} 7',
        'basset_webhooks_commit_duration_seconds_bucket{le="0.005",recorder="events"} 1',
      ]),
    );
  });

  it('asks for gauges when it is read', async () => {
    let held = 1;
    metrics.gauge('held', () => held);
    expect(await text()).toMatch(/^basset_webhooks_held 1$/m);
    held = 2;
    expect(await text()).toMatch(/^basset_webhooks_held 2$/m);
  });

  it('tells the rest when a figure cannot be had', async () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    metrics.gauge('backlog', () => new Promise(() => undefined));
    metrics.gauge('held', () => {
      throw new Error('no');
    });
    metrics.gauge('in_flight', () => 4);
    const read = text();
    await jest.advanceTimersByTimeAsync(2000);
    expect(await read).toMatch(/^basset_webhooks_backlog Nan$/m);
    expect(await read).toMatch(/^basset_webhooks_held Nan$/m);
    expect(await read).toMatch(/^basset_webhooks_in_flight 4$/m);
  });
});

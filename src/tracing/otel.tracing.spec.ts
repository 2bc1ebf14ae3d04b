import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OtlpCollector } from '../../test/support/otlp-collector.js';
import { parseTraceparent } from '../common/tracing/traceparent.js';
import { OtelTracing } from './otel.tracing.js';
import { loadSdk } from './sdk.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const UNSAMPLED = PARENT.replace(/01$/, '00');
const ATTEMPT = {
  ...{ webhookId: 'w-1', deliveryId: 'd-1', eventId: 'e-1', attempt: 2 },
  destination: 'https://receiver.example:8443',
};

const NAMES = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_SERVICE_NAME'] as const;

let collector: OtlpCollector;

// To read it for the first time takes seconds where others work.
beforeAll(loadSdk, 60_000);
beforeEach(async () => {
  collector = await OtlpCollector.start();
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.url;
});
afterEach(() => {
  for (const name of NAMES) Reflect.deleteProperty(process.env, name);
  collector.close();
});

const traced = async (env: Record<string, string> = {}): Promise<OtelTracing> =>
  new OtelTracing(await loadSdk(), env);

describe('OtelTracing', () => {
  it('tells of a request, its event and an attempt as one trace', async () => {
    const tracing = await traced();
    const served = tracing.serve('POST /events', PARENT);
    const published = tracing.publish('entity.created', served.traceparent);
    published.end({ 'basset.event_id': 'e-1', 'basset.deliveries': 1 });
    served.end({ 'http.response.status_code': 202 });
    const attempt = tracing.deliver(ATTEMPT, published.traceparent ?? '');
    attempt.end({ 'http.response.status_code': 503, error: 'http' });
    await tracing.close();
    expect(served.isTraced).toBe(true);
    const ids = [served, published, attempt].map(({ traceparent }) => parseTraceparent(traceparent ?? ''));
    expect(collector.spans.map(({ name, parentId }) => [name, parentId])).toEqual([
      ['publish entity.created', ids[0]?.spanId],
      ['POST /events', 'b7ad6b7169203331'],
      ['deliver', ids[1]?.spanId],
    ]);
    expect(new Set(ids.map((place) => place?.traceId))).toEqual(new Set([TRACE]));
    expect(collector.spans[2]).toMatchObject({
      kind: 3,
      status: 2,
      spanId: ids[2]?.spanId,
      attributes: {
        ...{ 'server.address': 'receiver.example', 'server.port': 8443, 'error.type': 'http' },
        ...{ 'basset.webhook_id': 'w-1', 'basset.delivery_id': 'd-1', 'basset.attempt': 2 },
        'http.response.status_code': 503,
      },
    });
  });

  it('begins a trace where there is none, and leaves no mark where it is not asked to', async () => {
    const tracing = await traced();
    expect(parseTraceparent(tracing.publish('entity.created', null).traceparent ?? '')?.flags).toBe(1);
    const served = tracing.serve('POST /events', UNSAMPLED);
    expect(served).toMatchObject({ traceparent: UNSAMPLED, isTraced: false });
    expect(tracing.deliver(ATTEMPT, UNSAMPLED).traceparent).toBe(UNSAMPLED);
    await tracing.close();
    const silent = await traced({ OTEL_TRACES_SAMPLER: 'always_off' });
    expect(silent.serve('POST /events', null)).toMatchObject({ traceparent: null, isTraced: false });
    silent.serve('POST /events', null).end();
    await silent.close();
    expect(collector.spans).toEqual([]);
  });

  it('makes nothing for what is not recorded', async () => {
    const sdk = await loadSdk();
    const started: string[] = [];
    class Provider extends sdk.TracerProvider {
      override getTracer(...args: Parameters<InstanceType<typeof sdk.TracerProvider>['getTracer']>) {
        const tracer = super.getTracer(...args);
        const start = tracer.startSpan.bind(tracer);
        tracer.startSpan = (name, ...rest) => (started.push(name), start(name, ...rest));
        return tracer;
      }
    }
    const env = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    const tracing = new OtelTracing({ ...sdk, TracerProvider: Provider }, env);
    expect(tracing.serve('POST /events', null)).toBe(tracing.publish('entity.created', null));
    tracing.deliver(ATTEMPT, UNSAMPLED).end({ error: 'http' });
    expect(started).toEqual([]);
    tracing.deliver(ATTEMPT, PARENT).end();
    expect(started).toEqual(['deliver']);
    await tracing.close();
  });

  it('begins traces that every service with the same sampler records', async () => {
    const env = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' };
    const tracing = await traced(env);
    const { TraceIdRatioBasedSampler, SamplingDecision } = await loadSdk();
    const sampler = new TraceIdRatioBasedSampler(0.1);
    const places = Array.from({ length: 400 }, () => tracing.serve('POST /events', null).traceparent);
    const begun = places.flatMap((text) => (text === null ? [] : [parseTraceparent(text)?.traceId ?? '']));
    expect(begun.length).toBeGreaterThan(0);
    for (const traceId of begun)
      expect(sampler.shouldSample(undefined, traceId).decision).toBe(SamplingDecision.RECORD_AND_SAMPLED);
    await tracing.close();
  });

  it('does not mind a collector that is away', async () => {
    collector.close();
    const tracing = await traced();
    tracing.publish('entity.created', null).end();
    await tracing.close();
  });
});

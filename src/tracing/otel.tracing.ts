import { Tracing, type AttemptFacts, type Facts, type Served, type Work } from '../common/tracing/tracing.js';
import { formatTraceparent, parseTraceparent } from '../common/tracing/traceparent.js';
import { within } from '../common/within.js';
import { VERSION } from '../common/version.js';
import { samplerOf, type Environment } from './sampler.js';
import type { Sdk } from './sdk.js';

type Tracer = ReturnType<InstanceType<Sdk['TracerProvider']>['getTracer']>;
type Span = ReturnType<Tracer['startSpan']>;
type SpanOptions = NonNullable<Parameters<Tracer['startSpan']>[1]>;

const SERVICE = 'basset-hound-webhooks';
/** A stop waits no longer for the collector. */
const CLOSE_MS = 3000;

/** Spans by OTLP. Nothing is instrumented by itself: what has a span is what stands here. */
export class OtelTracing extends Tracing {
  override readonly isOn = true;
  private readonly provider: InstanceType<Sdk['TracerProvider']>;
  private readonly tracer: Tracer;

  /** @param env the `OTEL_*` variables; the exporter reads its own from the process */
  constructor(
    private readonly sdk: Sdk,
    env: Environment,
  ) {
    super();
    const own = sdk.resourceFromAttributes({ 'service.name': SERVICE, 'service.version': VERSION });
    this.provider = new sdk.TracerProvider({
      resource: own.merge(sdk.detectResources({ detectors: [sdk.envDetector] })),
      sampler: samplerOf(env, sdk),
      spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new sdk.OTLPTraceExporter() })],
    });
    this.tracer = this.provider.getTracer(SERVICE, VERSION);
  }

  override serve(name: string, parent: string | null): Served {
    const [method = '', route = ''] = name.split(' ');
    const attributes = { 'http.request.method': method, 'http.route': route };
    const work = this.begin(name, { kind: this.sdk.SpanKind.SERVER, attributes }, parent);
    return { ...work, isTraced: work.traceparent !== parent };
  }

  override publish(event: string, parent: string | null): Work {
    const attributes = { 'messaging.operation.type': 'send', 'basset.event': event };
    return this.begin(`publish ${event}`, { kind: this.sdk.SpanKind.PRODUCER, attributes }, parent);
  }

  override deliver(attempt: AttemptFacts, parent: string): Work {
    const { hostname, port, protocol } = new URL(attempt.destination);
    const attributes = {
      'http.request.method': 'POST',
      'server.address': hostname,
      'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
      'basset.webhook_id': attempt.webhookId,
      'basset.delivery_id': attempt.deliveryId,
      'basset.event_id': attempt.eventId,
      'basset.attempt': attempt.attempt,
    };
    return this.begin('deliver', { kind: this.sdk.SpanKind.CLIENT, attributes }, parent);
  }

  /** Tells of what has ended and was not told yet. */
  async close(): Promise<void> {
    await within(CLOSE_MS, this.provider.shutdown()).catch(() => undefined);
  }

  /** What is not recorded leaves no mark: its parent is sent on as it came. */
  private begin(name: string, options: SpanOptions, parent: string | null): Work {
    const span = this.tracer.startSpan(name, options, this.contextOf(parent));
    if (!span.isRecording()) return { traceparent: parent, end: () => undefined };
    const { traceId, spanId, traceFlags } = span.spanContext();
    return {
      traceparent: formatTraceparent({ traceId, spanId, flags: traceFlags }),
      end: (facts = {}) => {
        this.end(span, facts);
      },
    };
  }

  private end(span: Span, { error, ...facts }: Facts): void {
    for (const [name, value] of Object.entries(facts)) if (value != null) span.setAttribute(name, value);
    if (error != null) {
      span.setAttribute('error.type', error);
      span.setStatus({ code: this.sdk.SpanStatusCode.ERROR });
    }
    span.end();
  }

  private contextOf(parent: string | null) {
    const place = parent === null ? undefined : parseTraceparent(parent);
    if (!place) return this.sdk.ROOT_CONTEXT;
    const { flags: traceFlags, ...ids } = place;
    return this.sdk.trace.setSpanContext(this.sdk.ROOT_CONTEXT, { ...ids, traceFlags, isRemote: true });
  }
}

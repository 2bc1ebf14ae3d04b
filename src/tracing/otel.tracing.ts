import { Tracing, untraced, type AttemptFacts, type Facts, type Work } from '../common/tracing/tracing.js';
import { formatTraceparent, parseTraceparent, type TraceContext } from '../common/tracing/traceparent.js';
import { within } from '../common/within.js';
import { VERSION } from '../common/version.js';
import { RandomIds } from './random-ids.js';
import { samplerOf, type Environment, type Sampler } from './sampler.js';
import type { Sdk } from './sdk.js';

type Tracer = ReturnType<InstanceType<Sdk['TracerProvider']>['getTracer']>;
type Span = ReturnType<Tracer['startSpan']>;
type SpanKind = NonNullable<NonNullable<Parameters<Tracer['startSpan']>[1]>['kind']>;

const SERVICE = 'basset-hound-webhooks';
/** A stop waits no longer for the collector. */
const CLOSE_MS = 3000;
/** Destinations that are remembered taken apart. */
const MOST_PLACES = 1000;

/** Spans by OTLP. Nothing is instrumented by itself: what has a span is what stands here. */
export class OtelTracing extends Tracing {
  override readonly isOn = true;
  private readonly provider: InstanceType<Sdk['TracerProvider']>;
  private readonly tracer: Tracer;
  private readonly isSampled: Sampler;
  private readonly ids = new RandomIds();
  private readonly places = new Map<string, Facts>();
  /** Of the trace that the next span begins: the one that was decided by. */
  private nextTraceId: string | undefined;

  /** @param env the `OTEL_*` variables; the exporter reads its own from the process */
  constructor(
    private readonly sdk: Sdk,
    env: Environment,
  ) {
    super();
    this.isSampled = samplerOf(env, sdk);
    const own = sdk.resourceFromAttributes({ 'service.name': SERVICE, 'service.version': VERSION });
    this.provider = new sdk.TracerProvider({
      resource: own.merge(sdk.detectResources({ detectors: [sdk.envDetector] })),
      // What comes to the SDK is recorded: it is asked for nothing else.
      sampler: new sdk.AlwaysOnSampler(),
      idGenerator: { generateTraceId: this.traceId, generateSpanId: this.ids.spanId },
      spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new sdk.OTLPTraceExporter() })],
    });
    this.tracer = this.provider.getTracer(SERVICE, VERSION);
  }

  override serve(name: string, parent: string | null): Work {
    const place = this.recorded(parent);
    if (place === false) return untraced(parent);
    const [method = '', route = ''] = name.split(' ');
    const facts = { 'http.request.method': method, 'http.route': route };
    return this.begin(name, this.sdk.SpanKind.SERVER, place, facts);
  }

  override publish(event: string, parent: string | null): Work {
    const place = this.recorded(parent);
    if (place === false) return untraced(parent);
    const facts = { 'messaging.operation.type': 'send', 'basset.event': event };
    return this.begin(`publish ${event}`, this.sdk.SpanKind.PRODUCER, place, facts);
  }

  override deliver(attempt: AttemptFacts, parent: string): Work {
    const place = this.recorded(parent);
    if (place === false) return untraced(parent);
    return this.begin('deliver', this.sdk.SpanKind.CLIENT, place, {
      'http.request.method': 'POST',
      ...this.placeOf(attempt.destination),
      'basset.webhook_id': attempt.webhookId,
      'basset.delivery_id': attempt.deliveryId,
      'basset.event_id': attempt.eventId,
      'basset.attempt': attempt.attempt,
    });
  }

  /** Tells of what has ended and was not told yet. */
  async close(): Promise<void> {
    await within(CLOSE_MS, this.provider.shutdown()).catch(() => undefined);
  }

  /** Where a span belongs, undefined = it begins a trace; false = there is to be none, and nothing was made for it. */
  private recorded(parent: string | null): TraceContext | undefined | false {
    const place = parent === null ? undefined : parseTraceparent(parent);
    this.nextTraceId = undefined;
    return this.isSampled(place ? () => place.traceId : this.drawTraceId, place) && place;
  }

  private readonly drawTraceId = (): string => (this.nextTraceId = this.ids.traceId());
  private readonly traceId = (): string => this.nextTraceId ?? this.ids.traceId();

  private begin(name: string, kind: SpanKind, place: TraceContext | undefined, known: Facts): Work {
    const span = this.tracer.startSpan(name, { kind }, this.contextOf(place));
    const { traceId, spanId, traceFlags } = span.spanContext();
    return {
      traceparent: formatTraceparent({ traceId, spanId, flags: traceFlags }),
      isTraced: true,
      end: (facts = {}) => {
        this.end(span, known, facts);
      },
    };
  }

  /** Attributes are set once, at the end: each look at them costs as much as the span itself. */
  private end(span: Span, known: Facts, { error, ...facts }: Facts): void {
    for (const [name, value] of Object.entries({ ...known, ...facts }))
      if (value != null) span.setAttribute(name, value);
    if (error != null) {
      span.setAttribute('error.type', error);
      span.setStatus({ code: this.sdk.SpanStatusCode.ERROR });
    }
    span.end();
  }

  private placeOf(destination: string): Facts {
    const known = this.places.get(destination);
    if (known) return known;
    const { hostname, port, protocol } = new URL(destination);
    const place = {
      'server.address': hostname,
      'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
    };
    if (this.places.size >= MOST_PLACES) this.places.clear();
    this.places.set(destination, place);
    return place;
  }

  private contextOf(place: TraceContext | undefined) {
    if (!place) return this.sdk.ROOT_CONTEXT;
    const { flags: traceFlags, ...ids } = place;
    return this.sdk.trace.setSpanContext(this.sdk.ROOT_CONTEXT, { ...ids, traceFlags, isRemote: true });
  }
}

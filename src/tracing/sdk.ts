import { BootError } from '../common/boot-error.js';

const PACKAGES = [
  '@opentelemetry/api@1.9.1',
  '@opentelemetry/resources@2.12.1',
  '@opentelemetry/sdk-trace@2.12.1',
  '@opentelemetry/exporter-trace-otlp-proto@0.223.1',
];

type Api = typeof import('@opentelemetry/api');
type Resources = typeof import('@opentelemetry/resources');
type Exporter = typeof import('@opentelemetry/exporter-trace-otlp-proto');

/** As much of OpenTelemetry as is used here. */
export type Sdk = typeof import('@opentelemetry/sdk-trace') &
  Pick<Api, 'ROOT_CONTEXT' | 'SpanKind' | 'SpanStatusCode' | 'trace'> &
  Pick<Resources, 'detectResources' | 'envDetector' | 'resourceFromAttributes'> &
  Pick<Exporter, 'OTLPTraceExporter'>;

async function importSdk(): Promise<Sdk> {
  const [
    { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace },
    { detectResources, envDetector, resourceFromAttributes },
    sdk,
    { OTLPTraceExporter },
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
  ]);
  const api = { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace };
  return { ...sdk, ...api, detectResources, envDetector, resourceFromAttributes, OTLPTraceExporter };
}

/** Loaded only when somebody asks for traces: nobody else installs it. @throws BootError when it is not there */
export async function loadSdk(): Promise<Sdk> {
  try {
    return await importSdk();
  } catch (error) {
    throw new BootError(
      `OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not installed: npm install ${PACKAGES.join(' ')} (${String(error)})`,
    );
  }
}

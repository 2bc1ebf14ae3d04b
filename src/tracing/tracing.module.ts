import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { messageOf } from '../common/caught.js';
import { NoTracing, Tracing } from '../common/tracing/tracing.js';
import { BootError } from '../common/boot-error.js';
import { OtelTracing } from './otel.tracing.js';
import { loadSdk } from './sdk.js';

/** Where spans are sent, in the names of OpenTelemetry. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

async function openTracing(): Promise<Tracing> {
  if (!ENDPOINTS.some((name) => process.env[name])) return new NoTracing();
  const sdk = await loadSdk();
  try {
    return new OtelTracing(sdk, process.env);
  } catch (error) {
    throw new BootError(`Traces cannot be sent: ${messageOf(error)}`);
  }
}

/** Global, so that all that has spans finds it; without it nothing has any. */
@Global()
@Module({
  providers: [{ provide: Tracing, useFactory: openTracing }],
  exports: [Tracing],
})
export class TracingModule implements OnApplicationShutdown {
  constructor(private readonly tracing: Tracing) {}

  /** By now the last attempts have ended. */
  async onApplicationShutdown(): Promise<void> {
    if (this.tracing instanceof OtelTracing) await this.tracing.close();
  }
}

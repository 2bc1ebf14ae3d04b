import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../../src/app.module.js';
import { setUpApp } from '../../src/app.setup.js';
import { Clock } from '../../src/common/clock.js';
import { ExpressHttpAdapter } from '../../src/common/http/express-http.adapter.js';
import { PrometheusMetrics } from '../../src/metrics/prometheus.metrics.js';
import { testConnection } from './connection.js';

/** What the tests set, visibly: the loopback may be called, no throttle, exact delays. */
const TEST_ENVIRONMENT: Readonly<Record<string, string>> = {
  SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
  ALLOWED_NETWORKS: '127.0.0.0/8',
  MAX_REQUESTS_PER_SECOND: '0',
  RETRY_JITTER: '0',
  PORT: '0',
};

export interface TestAppOptions {
  /** Environment variables of the service. */
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** Providers to replace: `[token, value]`. */
  readonly overrides?: readonly (readonly [unknown, unknown])[];
}

const BREACHES = 'basset_webhooks_queue_breaches_total';

function neo4jOfTheRun(): Record<string, string> {
  const { uri, user, password } = testConnection();
  return { NEO4J_URI: uri, NEO4J_USER: user, NEO4J_PASSWORD: password };
}

/** The whole service in this process, on a port of its own and the Neo4j of the test run. */
export class TestApp {
  /** Deliveries that a test has taken out of the queue by hand. None else may ever have been found there. */
  expectedBreaches = 0;

  private constructor(
    readonly app: NestExpressApplication,
    /** For supertest. */
    readonly server: ReturnType<INestApplication['getHttpServer']>,
    readonly url: string,
  ) {}

  static async start({ env = {}, clock, overrides = [] }: TestAppOptions = {}): Promise<TestApp> {
    const neo4j = env['NEO4J_URI'] === undefined ? neo4jOfTheRun() : { NEO4J_USER: 'neo4j' };
    const restore = setEnvironment({ ...TEST_ENVIRONMENT, ...neo4j, ...env });
    try {
      const builder = Test.createTestingModule({ imports: [AppModule] });
      const replaced = clock ? [...overrides, [Clock, clock] as const] : overrides;
      for (const [token, value] of replaced) builder.overrideProvider(token).useValue(value);
      const module = await builder.compile();
      const app = module.createNestApplication<NestExpressApplication>(new ExpressHttpAdapter(), {
        bodyParser: false,
        logger: process.env['TEST_LOG'] ? undefined : false,
      } as never);
      setUpApp(app);
      await app.listen(0, '127.0.0.1');
      const { port } = app.getHttpServer().address() as AddressInfo;
      return new TestApp(app, app.getHttpServer(), `http://127.0.0.1:${port}`);
    } finally {
      restore();
    }
  }

  get<T>(token: abstract new (...args: any[]) => T): T {
    return this.app.get(token, { strict: false });
  }

  async close(): Promise<void> {
    const { registry } = this.get(PrometheusMetrics);
    await this.app.close();
    const found = (await registry.getSingleMetric(BREACHES)?.get())?.values ?? [];
    const breaches = found.reduce((sum, { value }) => sum + value, 0);
    if (breaches !== this.expectedBreaches) throw new Error(`${breaches} deliveries had left the queue`);
  }
}

function setEnvironment(values: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
}

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readEnvironment, type Environment } from './environment.js';

const KEY = Buffer.alloc(32, 1).toString('base64');
const CA_FILE = 'test/support/tls/self-signed.pem';
const EXTERNAL = { NEO4J_URI: 'bolt://127.0.0.1:7687', NEO4J_PASSWORD: 'x', SECRETS_KEY: KEY };

/** Where the service of a test keeps its data. */
const FOLDER = mkdtempSync(join(tmpdir(), 'environment-spec-'));
afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

function complaint(env: Environment): string {
  try {
    readEnvironment(env);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('was accepted');
}

describe('readEnvironment', () => {
  it('has the defaults of the contract', () => {
    const dataDir = mkdtempSync(join(FOLDER, 'data-'));
    const { secretsKeys, ...options } = readEnvironment({ DATA_DIR: dataDir });
    expect(secretsKeys).toHaveLength(1);
    expect(options).toEqual({
      neo4jHeap: '512m',
      neo4jPagecache: '256m',
      host: '127.0.0.1',
      port: 8000,
      apiKeys: [],
      allowAnonymous: false,
      corsOrigins: [],
      publicEndpoints: ['health', 'metrics', 'docs'],
      maxEventBytes: 1_048_576,
      maxBatchBytes: 16_777_216,
      logLevel: 'info',
      console: true,
      consoleSessionHours: 8,
      dataDir,
      maxRequestsPerSecond: 10,
      deliveryTimeoutSeconds: 30,
      deliveryConcurrency: 1024,
      deliveryConcurrencyPerWebhook: 32,
      maxDeliveries: 1000,
      allowedNetworks: [],
      deniedNetworks: [],
      retryJitter: 0.1,
      ingestTimeoutSeconds: 10,
      disableAfterDays: 5,
      disableAfterFailures: 20,
      breakerThreshold: 10,
      breakerMaxPauseSeconds: 300,
      defaultMaxRetries: 3,
      defaultInitialDelay: 1,
      defaultMaxDelay: 60,
      defaultBackoffMultiplier: 2,
      recoverAfterOutage: true,
      tracePropagation: true,
      capture: 'auto',
      captureSettleMs: 500,
      captureValues: false,
      captureFold: 0,
      outbox: true,
      eventTypes: [],
    });
  });

  it('reads how the graph is listened to', () => {
    const given = {
      CAPTURE: 'OFF',
      CAPTURE_SETTLE_MS: '0',
      CAPTURE_VALUES: 'on',
      CAPTURE_FOLD: '100',
      OUTBOX: 'off',
    };
    expect(readEnvironment({ ...EXTERNAL, ...given })).toMatchObject({
      capture: 'off',
      captureSettleMs: 0,
      captureValues: true,
      captureFold: 100,
      outbox: false,
    });
    expect(() => readEnvironment({ ...EXTERNAL, CAPTURE: 'maybe' })).toThrow('CAPTURE must be one of auto');
  });

  it('keeps a generated key for the secrets, readable by its owner only', () => {
    const dataDir = mkdtempSync(join(FOLDER, 'data-'));
    const first = readEnvironment({ DATA_DIR: dataDir }).secretsKeys;
    expect(readEnvironment({ DATA_DIR: dataDir }).secretsKeys).toEqual(first);
    expect(statSync(join(dataDir, 'secrets.key')).mode & 0o777).toBe(0o600);
  });

  it('reads every variable', () => {
    const options = readEnvironment({
      ...EXTERNAL,
      NEO4J_USER: 'me',
      NEO4J_DATABASE: 'hound',
      HOST: '0.0.0.0',
      PORT: '9000',
      API_KEYS: 'ci:0123456789abcdef, another-key-without-name',
      MAX_REQUESTS_PER_SECOND: '0',
      MAX_DELIVERY_AGE_DAYS: '30',
      DISABLE_AFTER_DAYS: 'off',
      BREAKER_THRESHOLD: '0',
      ALLOWED_NETWORKS: '127.0.0.0/8, ::1/128',
      DENIED_NETWORKS: '203.0.113.0/24',
      RETRY_JITTER: '0',
      MAX_EVENT_BYTES: '2000000',
      MAX_BATCH_BYTES: '3000000',
      LOG_LEVEL: 'debug',
      CORS_ORIGINS: 'https://app.example, http://localhost:3000',
      PUBLIC_ENDPOINTS: 'health',
      TLS_CA_FILE: CA_FILE,
    });
    expect(options.neo4j).toEqual({
      uri: 'bolt://127.0.0.1:7687',
      user: 'me',
      password: 'x',
      database: 'hound',
    });
    expect(options.apiKeys.map(({ name }) => name)).toEqual([
      'ci',
      expect.stringMatching(/^key-[0-9a-f]{6}$/),
    ]);
    expect(options).toMatchObject({
      port: 9000,
      maxRequestsPerSecond: 0,
      maxDeliveryAgeDays: 30,
      disableAfterDays: 0,
      breakerThreshold: 0,
      retryJitter: 0,
      corsOrigins: ['https://app.example', 'http://localhost:3000'],
      publicEndpoints: ['health'],
      tlsCaFile: CA_FILE,
      maxEventBytes: 2_000_000,
      maxBatchBytes: 3_000_000,
    });
    expect(options.allowedNetworks).toEqual(['127.0.0.0/8', '::1/128']);
    expect(options.deniedNetworks).toEqual(['203.0.113.0/24']);
  });

  it('names every bad variable at once', () => {
    const text = complaint({
      ...EXTERNAL,
      PORT: 'eighty',
      RETRY_JITTER: '2',
      LOG_LEVEL: 'loud',
      ALLOWED_NETWORKS: '10.0.0.0',
      DENIED_NETWORKS: 'all',
    });
    for (const name of ['PORT', 'RETRY_JITTER', 'LOG_LEVEL', 'ALLOWED_NETWORKS', 'DENIED_NETWORKS'])
      expect(text).toContain(name);
  });

  it('names what is missing together with what is wrong, each in a line of its own', () => {
    const text = complaint({ NEO4J_URI: 'bolt://x', LOG_LEVEL: 'loud', RETRY_JITTER: 'x', HOST: '::' });
    const names = text.split('\n').map((line) => line.split(' ')[0]);
    expect(names.sort()).toEqual(['API_KEYS', 'LOG_LEVEL', 'NEO4J_PASSWORD', 'RETRY_JITTER', 'SECRETS_KEY']);
  });

  it('reads several keys for secrets, the first of which encrypts', () => {
    const old = Buffer.alloc(32, 2).toString('base64');
    const { secretsKeys } = readEnvironment({ ...EXTERNAL, SECRETS_KEY: `${KEY}, old:${old}` });
    expect(secretsKeys.map(({ id }) => id)).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/), 'old']);
  });

  it.each([
    [{ HOST: '0.0.0.0' }, /API_KEYS/],
    [{ ...EXTERNAL, SECRETS_KEY: `a:${KEY},a:${KEY}` }, /SECRETS_KEY must not hold the same id twice/],
    [{ ...EXTERNAL, ALLOW_ANONYMOUS: 'yes please' }, /ALLOW_ANONYMOUS must be true or false/],
    [{ ...EXTERNAL, PORT: '65536' }, /PORT must be a whole number from 0 to 65535/],
    [{ NEO4J_URI: 'http://x', NEO4J_PASSWORD: 'x', SECRETS_KEY: KEY }, /NEO4J_URI must begin with bolt/],
    [{ NEO4J_URI: 'bolt://x', SECRETS_KEY: KEY }, /NEO4J_PASSWORD is required/],
    [{ NEO4J_URI: 'bolt://x', NEO4J_PASSWORD: 'x' }, /SECRETS_KEY.*openssl rand -base64 32/],
    [{ ...EXTERNAL, SECRETS_KEY: 'short' }, /SECRETS_KEY must be 32 bytes/],
    [{ ...EXTERNAL, MAX_EVENT_BYTES: '1' }, /MAX_EVENT_BYTES must be a whole number from 65536 to 268435456/],
    [{ ...EXTERNAL, MAX_BATCH_BYTES: '16M' }, /MAX_BATCH_BYTES must be a number/],
    [{ ...EXTERNAL, PUBLIC_URL: 'https://hooks.example/path' }, /PUBLIC_URL must be an origin/],
    [{ ...EXTERNAL, PUBLIC_ORIGIN: 'https://hooks.example' }, /PUBLIC_ORIGIN must be a host name/],
    [{ ...EXTERNAL, CONSOLE_SESSION_HOURS: '0' }, /CONSOLE_SESSION_HOURS must be a number from 0.1/],
    [{ ...EXTERNAL, CONSOLE_SESSION_HOURS: 'x' }, /CONSOLE_SESSION_HOURS/],
    [{ ...EXTERNAL, READ_ONLY_API_KEYS: 'tiny' }, /READ_ONLY_API_KEYS must be keys of at least 16/],
    [
      { ...EXTERNAL, API_KEYS: '0123456789abcdef', READ_ONLY_API_KEYS: 'wall:0123456789abcdef' },
      /READ_ONLY_API_KEYS must not hold a key that may change things/,
    ],
    [{ ...EXTERNAL, API_KEYS: 'tiny' }, /API_KEYS must be keys of at least 16/],
    [
      { ...EXTERNAL, DELIVERY_CONCURRENCY: '8' },
      /DELIVERY_CONCURRENCY_PER_WEBHOOK must not exceed DELIVERY_CONCURRENCY/,
    ],
    [{ ...EXTERNAL, CORS_ORIGINS: '*' }, /CORS_ORIGINS must list origins/],
    [{ ...EXTERNAL, CORS_ORIGINS: 'https://app.example/' }, /'https:\/\/app.example\/' is none/],
    [{ ...EXTERNAL, CORS_ORIGINS: 'https://app.example:443' }, /CORS_ORIGINS/],
    [{ ...EXTERNAL, CORS_ORIGINS: 'null' }, /CORS_ORIGINS/],
    [
      { ...EXTERNAL, PUBLIC_ENDPOINTS: 'health,api' },
      /PUBLIC_ENDPOINTS must list some of health, metrics, docs/,
    ],
    [{ ...EXTERNAL, PUBLIC_ENDPOINTS: 'health,none' }, /PUBLIC_ENDPOINTS/],
    [{ ...EXTERNAL, TLS_CA_FILE: '/nowhere.pem' }, /TLS_CA_FILE must be a readable PEM file.*ENOENT/],
    [{ ...EXTERNAL, TLS_CA_FILE: 'package.json' }, /TLS_CA_FILE.*no certificate/],
    [
      { ...EXTERNAL, NEO4J_URI: 'bolt://me:planted@x' },
      /^NEO4J_URI must not hold user:password@(?!.*planted)/,
    ],
    [{ ...EXTERNAL, BREAKER_THRESHOLD: 'off' }, /BREAKER_THRESHOLD must be a number/],
    [{ ...EXTERNAL, DELIVERY_TIMEOUT_SECONDS: '1e3' }, /DELIVERY_TIMEOUT_SECONDS must be a number/],
  ] as const)('refuses %j', (env, message) => {
    expect(complaint(env as Environment)).toMatch(message);
  });

  it('opens none of the operational endpoints when told so', () => {
    expect(readEnvironment({ ...EXTERNAL, PUBLIC_ENDPOINTS: 'none' }).publicEndpoints).toEqual([]);
  });

  it('listens beyond the loopback without keys only when told so', () => {
    expect(readEnvironment({ ...EXTERNAL, HOST: '0.0.0.0', ALLOW_ANONYMOUS: 'true' }).host).toBe('0.0.0.0');
  });
});

import { PUBLIC_ENDPOINTS, type PublicEndpoint } from '../common/http/public.js';
import { DEFAULT_OPTIONS, resolveOptions } from './resolve-options.js';
import type {
  CaptureMode,
  GivenOptions,
  LogLevel,
  Neo4jConnection,
  ServiceOptions,
  WebhooksOptions,
} from './service-options.js';
import { checkNumber, Complaints } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|::1)$/;

/** The variable that sets an option. */
const VARIABLES: Readonly<Record<string, string>> = {
  'neo4j.uri': 'NEO4J_URI',
  secretsKeys: 'SECRETS_KEY',
  neo4jHeap: 'NEO4J_HEAP',
  neo4jPagecache: 'NEO4J_PAGECACHE',
  maxRequestsPerSecond: 'MAX_REQUESTS_PER_SECOND',
  deliveryTimeoutSeconds: 'DELIVERY_TIMEOUT_SECONDS',
  deliveryConcurrency: 'DELIVERY_CONCURRENCY',
  deliveryConcurrencyPerWebhook: 'DELIVERY_CONCURRENCY_PER_WEBHOOK',
  maxDeliveries: 'MAX_DELIVERIES',
  maxDeliveryAgeDays: 'MAX_DELIVERY_AGE_DAYS',
  allowedNetworks: 'ALLOWED_NETWORKS',
  deniedNetworks: 'DENIED_NETWORKS',
  tlsCaFile: 'TLS_CA_FILE',
  retryJitter: 'RETRY_JITTER',
  ingestTimeoutSeconds: 'INGEST_TIMEOUT_SECONDS',
  disableAfterDays: 'DISABLE_AFTER_DAYS',
  disableAfterFailures: 'DISABLE_AFTER_FAILURES',
  breakerThreshold: 'BREAKER_THRESHOLD',
  breakerMaxPauseSeconds: 'BREAKER_MAX_PAUSE_SECONDS',
  defaultMaxRetries: 'DEFAULT_MAX_RETRIES',
  defaultInitialDelay: 'DEFAULT_INITIAL_DELAY',
  defaultMaxDelay: 'DEFAULT_MAX_DELAY',
  defaultBackoffMultiplier: 'DEFAULT_BACKOFF_MULTIPLIER',
  capture: 'CAPTURE',
  captureSettleMs: 'CAPTURE_SETTLE_MS',
  captureFold: 'CAPTURE_FOLD',
  maxEventBytes: 'MAX_EVENT_BYTES',
  maxBatchBytes: 'MAX_BATCH_BYTES',
  apiKeys: 'API_KEYS',
  readOnlyApiKeys: 'READ_ONLY_API_KEYS',
  corsOrigins: 'CORS_ORIGINS',
  publicUrl: 'PUBLIC_URL',
  publicOrigin: 'PUBLIC_ORIGIN',
};

/** What `off` means where it may be said. */
const OFF: Readonly<Record<string, number | undefined>> = {
  maxDeliveryAgeDays: undefined,
  disableAfterDays: 0,
  captureFold: 0,
};

const variableOf = (option: string): string => VARIABLES[option] ?? option;

/** Reads variables and remembers what is wrong with them. An empty variable counts as not set. */
class Reader {
  readonly complaints = new Complaints();

  constructor(private readonly env: Environment) {}

  text(name: string): string | undefined {
    const value = this.env[name]?.trim();
    return value === '' ? undefined : value;
  }

  list(name: string): string[] {
    const items = this.text(name)?.split(',') ?? [];
    return items.map((item) => item.trim()).filter((item) => item !== '');
  }

  number(option: string): number | undefined {
    const name = variableOf(option);
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (value === 'off' && Object.hasOwn(OFF, option)) return OFF[option];
    if (/^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
    this.complaints.add(name, `must be a number; '${value}' is none`);
    return undefined;
  }

  flag(name: string, fallback = false): boolean {
    const value = this.text(name)?.toLowerCase() ?? String(fallback);
    const isOn = ['true', '1', 'on'].includes(value);
    if (!isOn && !['false', '0', 'off'].includes(value)) this.complaints.add(name, 'must be true or false');
    return isOn;
  }
}

function readCapture(read: Reader): Pick<WebhooksOptions, 'capture' | 'captureValues' | 'outbox'> {
  return {
    capture: (read.text('CAPTURE')?.toLowerCase() ?? DEFAULT_OPTIONS.capture) as CaptureMode,
    captureValues: read.flag('CAPTURE_VALUES', DEFAULT_OPTIONS.captureValues),
    outbox: read.flag('OUTBOX', DEFAULT_OPTIONS.outbox),
  };
}

function readNeo4j(read: Reader): Neo4jConnection | undefined {
  const uri = read.text('NEO4J_URI');
  if (uri === undefined) return undefined;
  const password = read.text('NEO4J_PASSWORD');
  if (password === undefined) read.complaints.add('NEO4J_PASSWORD', 'is required with NEO4J_URI');
  const database = read.text('NEO4J_DATABASE');
  const login = { uri, user: read.text('NEO4J_USER') ?? 'neo4j', password: password ?? '' };
  return database === undefined ? login : { ...login, database };
}

/** An empty variable counts as not set, so nothing at all has a word of its own. */
function readPublicEndpoints(read: Reader): PublicEndpoint[] {
  const names = read.list('PUBLIC_ENDPOINTS');
  if (names.length === 0) return [...PUBLIC_ENDPOINTS];
  const isKnown = (name: string): boolean => PUBLIC_ENDPOINTS.some((known) => known === name);
  if (!names.every(isKnown) && names.join() !== 'none') {
    read.complaints.add('PUBLIC_ENDPOINTS', `must list some of ${PUBLIC_ENDPOINTS.join(', ')}, or be none`);
  }
  return PUBLIC_ENDPOINTS.filter((known) => names.includes(known));
}

function readPort(read: Reader): number {
  const text = read.text('PORT') ?? '8000';
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  checkNumber('PORT', port, { min: 0, max: 65_535, integer: true }, read.complaints);
  return port;
}

/** A timer, which ends what a session watches, runs 24 days at most. */
function readSessionHours(read: Reader): number {
  const hours = Number(read.text('CONSOLE_SESSION_HOURS') ?? 8);
  checkNumber('CONSOLE_SESSION_HOURS', hours, { min: 0.1, max: 480 }, read.complaints);
  return hours;
}

function readLogLevel(read: Reader): LogLevel {
  const text = read.text('LOG_LEVEL') ?? 'info';
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (!level) read.complaints.add('LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}`);
  return level ?? 'info';
}

function readModuleOptions(read: Reader): GivenOptions {
  const neo4j = readNeo4j(read);
  const maxDeliveryAgeDays = read.number('maxDeliveryAgeDays');
  const tlsCaFile = read.text('TLS_CA_FILE');
  const publicUrl = read.text('PUBLIC_URL');
  const publicOrigin = read.text('PUBLIC_ORIGIN');
  const numbers = Object.keys(VARIABLES)
    .filter((option) => typeof DEFAULT_OPTIONS[option as keyof WebhooksOptions] === 'number')
    .map((option) => [option, read.number(option)] as const)
    .filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(numbers) as Partial<WebhooksOptions>),
    ...(neo4j && { neo4j }),
    ...(maxDeliveryAgeDays !== undefined && { maxDeliveryAgeDays }),
    ...(tlsCaFile !== undefined && { tlsCaFile }),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(publicOrigin !== undefined && { publicOrigin }),
    dataDir: read.text('DATA_DIR') ?? DEFAULT_OPTIONS.dataDir,
    neo4jHeap: read.text('NEO4J_HEAP') ?? DEFAULT_OPTIONS.neo4jHeap,
    neo4jPagecache: read.text('NEO4J_PAGECACHE') ?? DEFAULT_OPTIONS.neo4jPagecache,
    ...readCapture(read),
    secretsKeys: read.list('SECRETS_KEY'),
    allowedNetworks: read.list('ALLOWED_NETWORKS'),
    apiKeys: read.list('API_KEYS'),
    readOnlyApiKeys: read.list('READ_ONLY_API_KEYS'),
    allowAnonymous: read.flag('ALLOW_ANONYMOUS'),
    recoverAfterOutage: read.flag('RECOVER_AFTER_OUTAGE', DEFAULT_OPTIONS.recoverAfterOutage),
    tracePropagation: read.flag('TRACE_PROPAGATION', DEFAULT_OPTIONS.tracePropagation),
    corsOrigins: read.list('CORS_ORIGINS'),
    publicEndpoints: readPublicEndpoints(read),
    deniedNetworks: read.list('DENIED_NETWORKS'),
  };
}

/**
 * The options of the stand-alone service from its environment (README, section Configuration).
 *
 * @throws BootError that names every bad variable and what it must be
 */
export function readEnvironment(env: Environment): ServiceOptions {
  const read = new Reader(env);
  const host = read.text('HOST') ?? '127.0.0.1';
  const given = readModuleOptions(read);
  const hasKeys = [...(given.apiKeys ?? []), ...(given.readOnlyApiKeys ?? [])].length > 0;
  if (!hasKeys && given.allowAnonymous !== true && !LOOPBACK.test(host)) {
    const rule = `is required to listen on ${host}: set keys, or ALLOW_ANONYMOUS=true if everybody there may call`;
    read.complaints.add('API_KEYS', rule);
  }
  const page = { console: read.flag('CONSOLE', true), consoleSessionHours: readSessionHours(read) };
  const own = { host, port: readPort(read), logLevel: readLogLevel(read), ...page };
  return { ...resolveOptions(given, variableOf, read.complaints), ...own };
}

import { messageOf } from '../common/caught.js';
import { BootError } from '../common/boot-error.js';
import { PUBLIC_ENDPOINTS } from '../common/http/public.js';
import { MIN_KEY_LENGTH, parseApiKey } from './api-key.js';
import { readCertificates } from './ca-file.js';
import { loadOrCreateSecretsKey } from './secrets-key-file.js';
import { asKeyObject, KEY_BYTES, parseSecretsKey } from './secrets-key.js';
import { CAPTURE_MODES } from './service-options.js';
import type { ApiKey, GivenOptions, SecretsKey, WebhooksOptions } from './service-options.js';
import { checkNumber, Complaints, isCidr, isWebOrigin, type Bounds } from './settings.js';

const MIB = 1024 * 1024;
/** Below it a webhook could not be created; above it one body would be the whole memory. */
const BODY_BYTES: Bounds = { min: 65_536, max: 256 * MIB, integer: true };

export const DEFAULT_OPTIONS: WebhooksOptions = {
  dataDir: './data',
  neo4jHeap: '512m',
  neo4jPagecache: '256m',
  secretsKeys: [],
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
  apiKeys: [],
  allowAnonymous: false,
  corsOrigins: [],
  publicEndpoints: PUBLIC_ENDPOINTS,
  maxEventBytes: MIB,
  maxBatchBytes: 16 * MIB,
};

type NumberOption = {
  [K in keyof WebhooksOptions]-?: WebhooksOptions[K] extends number | undefined ? K : never;
}[keyof WebhooksOptions];

/** The one table of bounds, for the environment and for `forRoot` alike. */
const BOUNDS: Readonly<Record<NumberOption, Bounds>> = {
  maxRequestsPerSecond: { min: 0, max: 100_000 },
  deliveryTimeoutSeconds: { min: 0.1, max: 3600 },
  deliveryConcurrency: { min: 1, max: 65_535, integer: true },
  deliveryConcurrencyPerWebhook: { min: 1, max: 65_535, integer: true },
  maxDeliveries: { min: 1, max: 1_000_000_000, integer: true },
  maxDeliveryAgeDays: { min: 0.001, max: 36_500 },
  retryJitter: { min: 0, max: 1 },
  ingestTimeoutSeconds: { min: 0.1, max: 600 },
  disableAfterDays: { min: 0, max: 36_500 },
  disableAfterFailures: { min: 1, max: 1_000_000_000, integer: true },
  breakerThreshold: { min: 0, max: 1_000_000, integer: true },
  breakerMaxPauseSeconds: { min: 1, max: 86_400 },
  // As `retry_config` of a webhook.
  defaultMaxRetries: { min: 0, max: 10, integer: true },
  defaultInitialDelay: { min: 0.1, max: 60 },
  defaultMaxDelay: { min: 1, max: 3600 },
  defaultBackoffMultiplier: { min: 1, max: 10 },
  captureSettleMs: { min: 0, max: 5000, integer: true },
  captureFold: { min: 0, max: 1_000_000, integer: true },
  maxEventBytes: BODY_BYTES,
  maxBatchBytes: BODY_BYTES,
};

const NEO4J_SCHEME = /^(?:bolt|neo4j)(?:\+s|\+ssc)?:\/\/./;
const MEMORY_SIZE = /^[1-9]\d{0,6}[kmg]$/i;
/** Letters, digits, dots and dashes: a name in the DNS. */
const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;
const CUSTOM_EVENT = /^[a-z0-9_]+(?:\.[a-z0-9_]+)+$/;

type NameOf = (option: string) => string;

function checkNumbers(options: WebhooksOptions, name: NameOf, complaints: Complaints): void {
  for (const [option, bounds] of Object.entries(BOUNDS) as [NumberOption, Bounds][]) {
    const value = options[option];
    if (value !== undefined) checkNumber(name(option), value, bounds, complaints);
  }
  if (options.deliveryConcurrencyPerWebhook > options.deliveryConcurrency) {
    complaints.add(name('deliveryConcurrencyPerWebhook'), `must not exceed ${name('deliveryConcurrency')}`);
  }
}

function checkLists(
  { eventTypes, corsOrigins, ...options }: WebhooksOptions,
  name: NameOf,
  complaints: Complaints,
): void {
  for (const list of ['allowedNetworks', 'deniedNetworks'] as const) {
    for (const cidr of options[list].filter((text) => !isCidr(text))) {
      complaints.add(name(list), `must list CIDRs such as 10.0.0.0/8; '${cidr}' is none`);
    }
  }
  for (const text of corsOrigins.filter((origin) => !isWebOrigin(origin))) {
    const rule = `must list origins as browsers send them, such as https://app.example; '${text}' is none`;
    complaints.add(name('corsOrigins'), rule);
  }
  if (options.publicUrl !== undefined && !isWebOrigin(options.publicUrl)) {
    const rule = `must be an origin, such as https://hooks.example, without a path; '${options.publicUrl}' is none`;
    complaints.add(name('publicUrl'), rule);
  }
  if (options.publicOrigin !== undefined && !HOST_NAME.test(options.publicOrigin)) {
    complaints.add(name('publicOrigin'), 'must be a host name, such as hooks.example');
  }
  for (const { event } of eventTypes.filter((type) => !CUSTOM_EVENT.test(type.event))) {
    const rule = `must be words joined by dots, such as case.closed; '${event}' is not`;
    complaints.add(name('eventTypes'), rule);
  }
}

function checkCaFile(file: string, complain: (rule: string) => void): void {
  try {
    readCertificates(file);
  } catch (error) {
    complain(`must be a readable PEM file with certificates: ${messageOf(error)}`);
  }
}

function checkMemory(options: WebhooksOptions, name: NameOf, complaints: Complaints): void {
  for (const option of ['neo4jHeap', 'neo4jPagecache'] as const) {
    if (!MEMORY_SIZE.test(options[option]))
      complaints.add(name(option), `must be a size such as 512m or 2g; '${options[option]}' is none`);
  }
}

function checkOptions(options: WebhooksOptions, name: NameOf, complaints: Complaints): void {
  checkNumbers(options, name, complaints);
  checkMemory(options, name, complaints);
  checkLists(options, name, complaints);
  if (options.tlsCaFile !== undefined) {
    checkCaFile(options.tlsCaFile, (rule) => complaints.add(name('tlsCaFile'), rule));
  }
  if (!CAPTURE_MODES.includes(options.capture)) {
    complaints.add(name('capture'), `must be one of ${CAPTURE_MODES.join(', ')}`);
  }
  if (options.neo4j && !NEO4J_SCHEME.test(options.neo4j.uri)) {
    complaints.add(name('neo4j.uri'), 'must begin with bolt://, neo4j://, bolt+s:// or neo4j+s://');
  }
  // The URI is logged, and the driver would not take them either.
  if (options.neo4j && /^[^/]*\/\/[^/]*@/.test(options.neo4j.uri)) {
    complaints.add(name('neo4j.uri'), 'must not hold user:password@: they have settings of their own');
  }
}

/** What is left out, undefined included, has its default. */
function withDefaults({ readOnlyApiKeys: _, ...given }: GivenOptions): WebhooksOptions {
  const set = Object.fromEntries(Object.entries<unknown>(given).filter(([, value]) => value !== undefined));
  const maxBatchBytes = Math.max(DEFAULT_OPTIONS.maxBatchBytes, given.maxEventBytes ?? 0);
  return { ...DEFAULT_OPTIONS, maxBatchBytes, ...set, secretsKeys: [], apiKeys: [] };
}

type Complain = (option: string, rule: string) => void;

/** Both lists as one: what is said of keys holds for either. */
function readApiKeys({ apiKeys = [], readOnlyApiKeys = [] }: GivenOptions, complain: Complain): ApiKey[] {
  const parsed = (key: ApiKey | string): ApiKey => (typeof key === 'string' ? parseApiKey(key) : key);
  const keys = apiKeys.map(parsed);
  const lookers = readOnlyApiKeys.map((key) => ({ ...parsed(key), readOnly: true }));
  const isShort = ({ key }: ApiKey): boolean => key.length < MIN_KEY_LENGTH;
  const rule = `must be keys of at least ${MIN_KEY_LENGTH} characters, as key or name:key`;
  if (keys.some(isShort)) complain('apiKeys', rule);
  if (lookers.some(isShort)) complain('readOnlyApiKeys', rule);
  if (lookers.some(({ key }) => keys.some((other) => other.key === key)))
    complain('readOnlyApiKeys', 'must not hold a key that may change things');
  return [...keys, ...lookers];
}

const MAKE_ONE = 'make one with `openssl rand -base64 32`';

function readKeys({ secretsKeys = [], neo4j }: GivenOptions, complain: (rule: string) => void): SecretsKey[] {
  const keys = secretsKeys.map((key) => (typeof key === 'string' ? parseSecretsKey(key) : asKeyObject(key)));
  const good = keys.filter((key) => key !== undefined);
  if (good.length < keys.length) complain(`must be ${KEY_BYTES} bytes in base64 each; ${MAKE_ONE}`);
  if (new Set(good.map(({ id }) => id)).size < good.length) complain('must not hold the same id twice');
  if (neo4j && keys.length === 0) {
    complain(`is required with an external Neo4j: ${KEY_BYTES} bytes in base64; ${MAKE_ONE}`);
  }
  return good;
}

/**
 * Defaults for what is left out, everything checked, and a key for the secrets: the given one, or the one that is
 * kept in `dataDir` of an embedded Neo4j.
 *
 * @param name how an option is called where it was set: itself, or an environment variable
 * @param complaints what was found wrong with them already
 * @throws BootError that names every bad option
 */
export function resolveOptions(
  given: GivenOptions,
  name: NameOf = (option) => option,
  complaints = new Complaints(),
): WebhooksOptions {
  const options = withDefaults(given);
  checkOptions(options, name, complaints);
  const secretsKeys = readKeys(given, (rule) => complaints.add(name('secretsKeys'), rule));
  const apiKeys = readApiKeys(given, (option, rule) => complaints.add(name(option), rule));
  if (complaints.any) throw new BootError(complaints.toString());
  if (secretsKeys.length > 0) return { ...options, apiKeys, secretsKeys };
  return { ...options, apiKeys, secretsKeys: [loadOrCreateSecretsKey(options.dataDir)] };
}

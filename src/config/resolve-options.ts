import { BootError } from '../common/boot-error.js';
import { loadOrCreateSecretsKey } from './secrets-key-file.js';
import { parseSecretsKey } from './secrets-key.js';
import type { GivenOptions, SecretsKey, WebhooksOptions } from './service-options.js';
import { checkNumber, Complaints, isCidr, type Bounds } from './settings.js';

export const DEFAULT_OPTIONS: WebhooksOptions = {
  dataDir: './data',
  secretsKeys: [],
  maxRequestsPerSecond: 10,
  deliveryTimeoutSeconds: 30,
  deliveryConcurrency: 1024,
  deliveryConcurrencyPerWebhook: 32,
  maxDeliveries: 1000,
  allowedNetworks: [],
  retryJitter: 0.1,
  ingestTimeoutSeconds: 10,
  eventTypes: [],
};

type NumberOption = {
  [K in keyof WebhooksOptions]-?: WebhooksOptions[K] extends number | undefined ? K : never;
}[keyof WebhooksOptions];

/** The one table of bounds, for the environment and for `forRoot` alike. */
export const BOUNDS: Readonly<Record<NumberOption, Bounds>> = {
  maxRequestsPerSecond: { min: 0, max: 100_000 },
  deliveryTimeoutSeconds: { min: 0.1, max: 3600 },
  deliveryConcurrency: { min: 1, max: 65_535, integer: true },
  deliveryConcurrencyPerWebhook: { min: 1, max: 65_535, integer: true },
  maxDeliveries: { min: 1, max: 1_000_000_000, integer: true },
  maxDeliveryAgeDays: { min: 0.001, max: 36_500 },
  retryJitter: { min: 0, max: 1 },
  ingestTimeoutSeconds: { min: 0.1, max: 600 },
};

const NEO4J_SCHEME = /^(?:bolt|neo4j)(?:\+s|\+ssc)?:\/\/./;
const CUSTOM_EVENT = /^[a-z0-9_]+(?:\.[a-z0-9_]+)+$/;

function checkNumbers(
  options: WebhooksOptions,
  name: (option: string) => string,
  complaints: Complaints,
): void {
  for (const [option, bounds] of Object.entries(BOUNDS) as [NumberOption, Bounds][]) {
    const value = options[option];
    if (value !== undefined) checkNumber(name(option), value, bounds, complaints);
  }
  if (options.deliveryConcurrencyPerWebhook > options.deliveryConcurrency) {
    complaints.add(name('deliveryConcurrencyPerWebhook'), `must not exceed ${name('deliveryConcurrency')}`);
  }
}

/**
 * What is wrong with the options.
 *
 * @param name how an option is called where it was set: itself, or an environment variable
 */
export function checkOptions(
  options: WebhooksOptions,
  name: (option: string) => string = (option) => option,
): Complaints {
  const complaints = new Complaints();
  checkNumbers(options, name, complaints);
  for (const cidr of options.allowedNetworks.filter((text) => !isCidr(text))) {
    complaints.add(name('allowedNetworks'), `must list CIDRs such as 10.0.0.0/8; '${cidr}' is none`);
  }
  if (options.neo4j && !NEO4J_SCHEME.test(options.neo4j.uri)) {
    complaints.add(name('neo4j.uri'), 'must begin with bolt://, neo4j://, bolt+s:// or neo4j+s://');
  }
  for (const { event } of options.eventTypes.filter((type) => !CUSTOM_EVENT.test(type.event))) {
    complaints.add(
      name('eventTypes'),
      `must be words joined by dots, such as case.closed; '${event}' is not`,
    );
  }
  return complaints;
}

function withDefaults(given: GivenOptions): WebhooksOptions {
  const set = Object.fromEntries(Object.entries<unknown>(given).filter(([, value]) => value !== undefined));
  return { ...DEFAULT_OPTIONS, ...set, secretsKeys: [] };
}

function readKeys({ secretsKeys = [] }: GivenOptions, complain: (rule: string) => void): SecretsKey[] {
  return secretsKeys.flatMap((key) => {
    const parsed = typeof key === 'string' ? parseSecretsKey(key) : key;
    if (!parsed) complain('must be 32 bytes in base64 each; make one with `openssl rand -base64 32`');
    return parsed ?? [];
  });
}

/**
 * Defaults for what is left out, everything checked, and a key for the secrets: the given one, or the one that is
 * kept in `dataDir` of an embedded Neo4j.
 *
 * @throws BootError that names every bad option
 */
export function resolveOptions(
  given: GivenOptions,
  name: (option: string) => string = (option) => option,
): WebhooksOptions {
  const options = withDefaults(given);
  const complaints = checkOptions(options, name);
  const secretsKeys = readKeys(given, (rule) => complaints.add(name('secretsKeys'), rule));
  if (options.neo4j && (given.secretsKeys ?? []).length === 0) {
    const rule =
      'is required with an external Neo4j: 32 bytes in base64; make one with `openssl rand -base64 32`';
    complaints.add(name('secretsKeys'), rule);
  }
  if (complaints.any) throw new BootError(complaints.toString());
  if (secretsKeys.length > 0) return { ...options, secretsKeys };
  return { ...options, secretsKeys: [loadOrCreateSecretsKey(options.dataDir)] };
}

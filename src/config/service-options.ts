import type { KeyObject } from 'node:crypto';
import type { PublicEndpoint } from '../common/http/public.js';

/** How to reach an existing Neo4j. */
export interface Neo4jConnection {
  /** `bolt://`, `neo4j://`, `bolt+s://`, `neo4j+s://` … */
  readonly uri: string;
  /** @default 'neo4j' */
  readonly user: string;
  readonly password: string;
  /** The user database; undefined = the server's default database. */
  readonly database?: string;
}

/** A named API key; the name is what logs say instead of the key. */
export interface ApiKey {
  readonly name: string;
  readonly key: string;
  /** It lets in who only looks: GET, HEAD, OPTIONS and POST /webhooks/match. @default false */
  readonly readOnly?: boolean;
}

/** A 32-byte AES key and the short id that marks the values it encrypted. */
export interface SecretsKey {
  readonly id: string;
  /** A `KeyObject` is never printed, and its bytes are not on the heap; a Buffer is turned into one. */
  readonly key: KeyObject | Buffer;
}

/** Extra event type that a consuming module registers. */
export interface EventTypeDefinition {
  readonly event: string;
  /** @default its words: `case.closed` is `Case Closed` */
  readonly description?: string;
  /** JSON Schema of its `data`, for the catalogue; nothing is checked by it. @default any object */
  readonly schema?: object;
  /** What its `data` may look like, for the catalogue. @default {} */
  readonly example?: object;
}

/** Every setting of the delivery engine and the API, parsed and validated once at boot. Times in seconds. */
export interface WebhooksOptions {
  /** undefined = start an embedded Neo4j under `dataDir`. */
  readonly neo4j?: Neo4jConnection;
  /** The embedded Neo4j's files and generated credentials. @default './data' */
  readonly dataDir: string;
  /** Heap of the embedded Neo4j, as Java writes it. @default '512m' */
  readonly neo4jHeap: string;
  /** Page cache of the embedded Neo4j, as Java writes it. @default '256m' */
  readonly neo4jPagecache: string;
  /** The first key encrypts, all of them decrypt. Empty = generated into `dataDir` (embedded only). */
  readonly secretsKeys: readonly SecretsKey[];
  /** Outbound requests per second and destination, 0 = off. @default 10 */
  readonly maxRequestsPerSecond: number;
  /** Deadline of one attempt. @default 30 */
  readonly deliveryTimeoutSeconds: number;
  /** Requests in flight in all. @default 1024 */
  readonly deliveryConcurrency: number;
  /** Requests in flight per webhook. @default 32 */
  readonly deliveryConcurrencyPerWebhook: number;
  /** Finished deliveries kept per webhook. @default 1000 */
  readonly maxDeliveries: number;
  /** Finished deliveries older than this are evicted; undefined = off. */
  readonly maxDeliveryAgeDays?: number;
  /** CIDRs that may be called although they are not public. @default [] */
  readonly allowedNetworks: readonly string[];
  /** CIDRs that are never called, not even where `allowedNetworks` lists them. @default [] */
  readonly deniedNetworks: readonly string[];
  /** PEM file with certificate authorities for receivers, besides those of Node.js; undefined = no others. */
  readonly tlsCaFile?: string;
  /** ± share of each retry delay, 0..1; 0 = exact. @default 0.1 */
  readonly retryJitter: number;
  /** How long an emit waits for a Neo4j that is away before it is refused with 503. @default 10 */
  readonly ingestTimeoutSeconds: number;
  /** A webhook that failed for this long without one success is switched off; 0 = never. @default 5 */
  readonly disableAfterDays: number;
  /** … but not before this many of its deliveries ended as failed. @default 20 */
  readonly disableAfterFailures: number;
  /** Failed attempts of a webhook in a row after which only single probes go out; 0 = off. @default 10 */
  readonly breakerThreshold: number;
  /** The longest pause between two such probes. @default 300 */
  readonly breakerMaxPauseSeconds: number;
  /** What a webhook without `retry_config` gets: attempts after the first one, 0 to 10. @default 3 */
  readonly defaultMaxRetries: number;
  /** … seconds before the first retry, 0.1 to 60. @default 1 */
  readonly defaultInitialDelay: number;
  /** … the longest wait between two attempts, 1 to 3600. @default 60 */
  readonly defaultMaxDelay: number;
  /** … by how much each wait is longer than the one before, 1 to 10. @default 2 */
  readonly defaultBackoffMultiplier: number;
  /** What failed in an outage of its receiver is queued again by itself when that is over. @default true */
  readonly recoverAfterOutage: boolean;
  /** Whether receivers get the `traceparent` of an event; without one of its emitter nothing is sent. @default true */
  readonly tracePropagation: boolean;
  /** Who writes changes of the graph into the outbox; `auto`: whoever is found, and the plugin in the embedded Neo4j. @default 'auto' */
  readonly capture: CaptureMode;
  /** How long changes must rest before they become events, ms. @default 500 */
  readonly captureSettleMs: number;
  /** Whether events carry the values of fields, not only their names. @default false */
  readonly captureValues: boolean;
  /** Events of one type and project that one action may cause before they are told as one, 0 = any number. @default 0 */
  readonly captureFold: number;
  /** Whether nodes labelled `WebhookOutbox` become events. @default true */
  readonly outbox: boolean;
  /** Event types beyond the built-in 20. @default [] */
  readonly eventTypes: readonly EventTypeDefinition[];
  /** Each call of the API needs one of them. @default [] = none is needed, and only this machine may call */
  readonly apiKeys: readonly ApiKey[];
  /** Without keys not only this machine may call: an application guards the API itself, or lets everybody in. @default false */
  readonly allowAnonymous: boolean;
  /** Origins whose pages may call the API from a browser. @default [] = none */
  readonly corsOrigins: readonly string[];
  /** How browsers reach the service, such as `https://hooks.example`; undefined = as they say themselves. */
  readonly publicUrl?: string;
  /** What receivers know this system by, a host name: the handshake of CloudEvents. @default the host of `publicUrl`, else 'basset-hound' */
  readonly publicOrigin?: string;
  /** What of the stand-alone service needs no API key where keys are set. @default all of them */
  readonly publicEndpoints: readonly PublicEndpoint[];
  /** Largest event, in a batch as well; and largest body of a request, batches aside. @default 1048576 */
  readonly maxEventBytes: number;
  /** Largest body of `POST /events/batch`. @default 16777216, or `maxEventBytes` if that is more */
  readonly maxBatchBytes: number;
}

/** The options as an application gives them: all have defaults, and a key may be text as in the environment. */
export type GivenOptions = Partial<Omit<WebhooksOptions, 'secretsKeys' | 'apiKeys'>> & {
  /** The first key encrypts, all of them decrypt. Required with `neo4j`, else generated into `dataDir`. */
  readonly secretsKeys?: readonly (SecretsKey | string)[];
  /** At least 16 characters each, as `{ name, key }`, `'name:key'` or `'key'`. */
  readonly apiKeys?: readonly (ApiKey | string)[];
  /** As `apiKeys`, for those who may look and change nothing. @default [] */
  readonly readOnlyApiKeys?: readonly (ApiKey | string)[];
};

/** Ways in which changes of the graph are captured. */
export const CAPTURE_MODES = ['auto', 'off', 'plugin', 'apoc'] as const;
export type CaptureMode = (typeof CAPTURE_MODES)[number];

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** What the stand-alone service adds to the module's options. */
export interface ServiceOptions extends WebhooksOptions {
  /** @default '127.0.0.1' */
  readonly host: string;
  /** @default 8000 */
  readonly port: number;
  /** @default 'info' */
  readonly logLevel: LogLevel;
  /** Whether the console is served at `/console/`. @default true */
  readonly console: boolean;
  /** How long a browser stays signed in, however it is used. @default 8 */
  readonly consoleSessionHours: number;
}

/** DI token of the options that the modules run with. */
export const WEBHOOKS_OPTIONS = Symbol('WEBHOOKS_OPTIONS');

import { WebhookVerificationError, type WebhookVerificationCode } from './errors.js';
import type { ReceivedEvent, WebhookPayload } from './event.js';

/** Headers as Node, a framework or the Fetch API gives them. */
export type HeadersLike =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request as it came: the body before any parsing. */
export interface ReceivedRequest {
  readonly headers: HeadersLike;
  readonly body: string | ArrayBuffer | ArrayBufferView;
}

/** What a request is held against. */
export interface VerificationRules {
  readonly keys: Promise<readonly SecretKeys[]>;
  readonly toleranceSeconds: number;
  readonly legacy: boolean;
  readonly now: () => number;
}

/** A secret as HMAC key: as Standard Webhooks reads it, and as its bare characters, for X-Webhook-Signature. */
interface SecretKeys {
  readonly standard: CryptoKey;
  readonly legacy: CryptoKey;
}
type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;
type Bytes = Uint8Array<ArrayBuffer>;

const HMAC = { name: 'HMAC', hash: 'SHA-256' };
const utf8 = new TextEncoder();

const refuse = (code: WebhookVerificationCode, message: string): never => {
  throw new WebhookVerificationError(code, message);
};

function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function standardKey(secret: string): Bytes {
  if (!secret.startsWith('whsec_')) return utf8.encode(secret);
  if (!/^[\w+/]{2,}=*$/.test(secret.slice(6)))
    throw new TypeError('After whsec_ a secret must go on in base64');
  return fromBase64(secret.slice('whsec_'.length));
}

/** @throws TypeError at once for a secret that is empty or malformed, as when the receiver's setting is missing */
export function importSecrets(secrets: readonly string[]): Promise<readonly SecretKeys[]> {
  if (secrets.length === 0 || secrets.some((secret) => typeof secret !== 'string' || secret === ''))
    throw new TypeError('A receiver needs at least one secret, and none may be empty');
  const bytes = secrets.map((secret) => [standardKey(secret), utf8.encode(secret)] as const);
  const key = (raw: Bytes): Promise<CryptoKey> =>
    crypto.subtle.importKey('raw', raw, HMAC, false, ['verify']);
  return Promise.all(
    bytes.map(async ([standard, legacy]) => ({ standard: await key(standard), legacy: await key(legacy) })),
  );
}

/** The value of a header; undefined when it is missing or given several times. */
export function headerOf(headers: HeadersLike, name: string): string | undefined {
  if (typeof headers.get === 'function') return (headers as Headers).get(name) ?? undefined;
  const [, value] = Object.entries(headers).find(([given]) => given.toLowerCase() === name) ?? [];
  return typeof value === 'string' ? value : undefined;
}

function bytesOf(body: unknown): Bytes {
  if (typeof body === 'string') return utf8.encode(body);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  return refuse(
    'body_already_parsed',
    'The body was parsed before it was verified: the signature covers its bytes. Keep them: put the receiver before express.json(), or use express.raw(), rawBody of Nest, or a content type parser of Fastify.',
  );
}

/** Compared by WebCrypto, in constant time. */
async function isSigned(key: CryptoKey, signature: string | undefined, signed: Bytes): Promise<boolean> {
  try {
    return await crypto.subtle.verify(HMAC, key, fromBase64(signature ?? '='), signed);
  } catch {
    return false;
  }
}

function standardContent(id: string, timestamp: string, body: Bytes): Bytes {
  const prefix = utf8.encode(`${id}.${timestamp}.`);
  const content = new Uint8Array(prefix.length + body.length);
  content.set(prefix);
  content.set(body, prefix.length);
  return content;
}

function signedAt(timestamp: string, { now, toleranceSeconds }: VerificationRules): Date {
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : NaN;
  const off = Math.round(now() / 1000 - seconds);
  // So written, a tolerance that is not a number accepts nothing.
  if (!(Math.abs(now() / 1000 - seconds) <= toleranceSeconds))
    refuse(
      'timestamp_out_of_range',
      `webhook-timestamp is ${off} s off: a clock is wrong, or it is a replay`,
    );
  return new Date(seconds * 1000);
}

/** By the Standard Webhooks headers: the id and the time are signed as well. */
async function byStandard(headers: HeadersLike, body: Bytes, rules: VerificationRules): Promise<Date> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headerOf(headers, name),
  );
  if (id === undefined || timestamp === undefined || signatures === undefined)
    return refuse('missing_headers', 'webhook-id, webhook-timestamp and webhook-signature are needed');
  const at = signedAt(timestamp, rules);
  const content = standardContent(id, timestamp, body);
  for (const { standard } of await rules.keys)
    for (const signature of signatures.split(' '))
      if (signature.startsWith('v1,') && (await isSigned(standard, signature.slice(3), content))) return at;
  return refuse('wrong_signature', 'webhook-signature is by another secret, or the body was changed');
}

/** By X-Webhook-Signature, which covers the body alone: who has seen a request can play it back. */
async function byBody(signature: string, body: Bytes, rules: VerificationRules): Promise<null> {
  const hex = /^sha256=([0-9a-f]{64})$/.exec(signature)?.[1] ?? '';
  const base64 = btoa(hex.replace(/../g, (digits) => String.fromCharCode(parseInt(digits, 16))));
  for (const { legacy } of await rules.keys) if (await isSigned(legacy, base64, body)) return null;
  return refuse('wrong_signature', 'X-Webhook-Signature is by another secret, or the body was changed');
}

function parse(body: Bytes): WebhookPayload {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as WebhookPayload;
  } catch {
    return refuse('malformed', 'The body is no JSON');
  }
}

/** @throws WebhookVerificationError */
export async function verifyRequest(
  { headers, body }: ReceivedRequest,
  rules: VerificationRules,
): Promise<ReceivedEvent> {
  const raw = bytesOf(body);
  const header = (name: string): string | undefined => headerOf(headers, name);
  const bare = header('webhook-signature') === undefined ? header('x-webhook-signature') : undefined;
  const isLegacy = rules.legacy && bare !== undefined;
  const timestamp = await (isLegacy ? byBody(bare, raw, rules) : byStandard(headers, raw, rules));
  const payload = parse(raw);
  const { event } = (payload as Partial<WebhookPayload> | null) ?? {};
  return {
    id: isLegacy ? bare : (header('webhook-id') ?? ''),
    timestamp,
    // Not signed, so it may be anything.
    attempt: Number(header('x-webhook-attempt')) || 1,
    delivery: header('x-webhook-delivery') ?? null,
    type: typeof event === 'string' ? event : (header('x-webhook-event') ?? ''),
    payload,
    raw,
  };
}

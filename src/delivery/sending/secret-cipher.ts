import { createCipheriv, createDecipheriv, createSecretKey, KeyObject, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { isUnmistakable, type Secret, urlSecrets } from '../../formats/secret-url.js';
import type { Credentials } from './credentials.js';
import type { Endpoint } from '../model/endpoint.js';

const VERSION = 'v1';
const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

function toKeyObject(key: KeyObject | Buffer): KeyObject {
  return key instanceof KeyObject ? key : createSecretKey(key);
}

/**
 * Encrypts what must not lie in the graph in the clear: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce.
 * Stored as `v1.<key id>.<base64url nonce>.<base64url ciphertext and tag>`: the key id tells, after a change of
 * SECRETS_KEY, which of the listed keys decrypts.
 */
@Injectable()
export class SecretCipher {
  private readonly keys: ReadonlyMap<string, KeyObject>;
  private readonly currentId: string;
  private readonly currentKey: KeyObject;

  constructor(@Inject(WEBHOOKS_OPTIONS) { secretsKeys }: WebhooksOptions) {
    const [current] = secretsKeys;
    if (!current) throw new Error('SecretCipher needs at least one key');
    this.currentId = current.id;
    this.currentKey = toKeyObject(current.key);
    this.keys = new Map(secretsKeys.map(({ id, key }) => [id, toKeyObject(key)]));
  }

  /** What every value begins with that the current key encrypted. */
  get currentPrefix(): string {
    return `${VERSION}.${this.currentId}.`;
  }

  encrypt(plain: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.currentKey, iv);
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, this.currentId, iv.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** @throws Error when the key is not listed or the value was changed */
  decrypt(stored: string): string {
    const [version, keyId = '', iv = '', sealed = ''] = stored.split('.');
    const key = this.keys.get(keyId);
    if (version !== VERSION || !key) throw new Error(`no key '${keyId}' to decrypt it`);
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(iv, 'base64url'), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    const plain = decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  }
}

type Sealed = Pick<Endpoint, 'secrets' | 'headers' | 'formatSecrets'>;

/** What of a webhook's format is encrypted, as one text. */
export interface FormatSecrets {
  /** The true URL, where it is a secret. */
  readonly url?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What of a format nobody is to see, besides its headers. */
export function toHide({ url, options = {} }: FormatSecrets): Secret[] {
  const values = Object.entries(options).map(([name, option]) => {
    const value = typeof option === 'string' ? option : JSON.stringify(option);
    return { name, value, anywhere: isUnmistakable(value) };
  });
  return [...(url === undefined ? [] : urlSecrets(url)), ...values];
}

/**
 * Opens what a webhook signs and authorises with, for one attempt: in memory it stays encrypted, so that a heap dump
 * shows only what is being sent. Measured: 4 to 7 µs for the secret and as much for the headers; attempts that start in
 * the same turn of the event loop share them.
 */
@Injectable()
export class CredentialOpener {
  private readonly opened = new Map<Sealed, Credentials>();

  constructor(private readonly cipher: SecretCipher) {}

  /**
   * @param nowMs wall clock: a former secret whose time is over is left out
   * @throws Error when no listed key opens them
   */
  open(sealed: Sealed, nowMs: number): Credentials {
    let credentials = this.opened.get(sealed);
    if (!credentials) {
      if (this.opened.size === 0) setImmediate(() => this.opened.clear());
      this.opened.set(sealed, (credentials = this.decrypt(sealed, nowMs)));
    }
    return credentials;
  }

  private decrypt({ secrets, headers, formatSecrets }: Sealed, nowMs: number): Credentials {
    return {
      secrets: secrets.filter(({ until }) => nowMs < until).map(({ sealed }) => this.cipher.decrypt(sealed)),
      headers: headers === null ? {} : (JSON.parse(this.cipher.decrypt(headers)) as Record<string, string>),
      ...(formatSecrets !== null && this.decryptFormat(formatSecrets)),
    };
  }

  private decryptFormat(sealed: string): Pick<Credentials, 'url' | 'options' | 'hidden'> {
    const secrets = JSON.parse(this.cipher.decrypt(sealed)) as FormatSecrets;
    return { ...secrets, hidden: toHide(secrets) };
  }
}

import { createCipheriv, createDecipheriv, createSecretKey, KeyObject, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';

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

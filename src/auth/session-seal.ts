import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  KeyObject,
  randomBytes,
} from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** A cookie that is longer is not ours. */
const MAX_SEALED = 512;
/** The seal of another version of the service is no seal. */
const PURPOSE = Buffer.from('console-session');

/** Somebody has signed in with an API key, of which only the digest is kept. */
export interface Session {
  /** SHA-256 of the key, base64url. */
  readonly digest: string;
  /** Wall clock, ms. */
  readonly expiresAt: number;
}

function toBytes(key: KeyObject | Buffer): KeyObject {
  return key instanceof KeyObject ? key : createSecretKey(key);
}

/** The values of a cookie: there may be several, of other paths and of other services on this host name. */
function cookieValues(header: string, name: string): string[] {
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
}

/**
 * Sessions of the console as cookies: sealed with AES-256-GCM by a key that is derived from the first `SECRETS_KEY`
 * (HKDF, RFC 5869), so that no store is needed and every instance knows them.
 */
@Injectable()
export class SessionSeal {
  /** With the prefix browsers keep a cookie to this host, and to https. */
  readonly cookieName: string;
  private readonly isSecure: boolean;
  private readonly key: Buffer;

  constructor(
    @Inject(WEBHOOKS_OPTIONS) { secretsKeys, publicUrl }: WebhooksOptions,
    private readonly clock: Clock,
  ) {
    const [first] = secretsKeys;
    if (!first) throw new Error('SessionSeal needs a key');
    this.key = Buffer.from(hkdfSync('sha256', toBytes(first.key), Buffer.alloc(0), PURPOSE, 32));
    this.isSecure = publicUrl?.startsWith('https:') ?? false;
    this.cookieName = this.isSecure ? '__Host-basset_session' : 'basset_session';
  }

  /** The header that gives a browser its session. */
  cookie(session: Session): string {
    const seconds = Math.ceil((session.expiresAt - this.clock.now()) / 1000);
    return this.header(this.seal(session), seconds);
  }

  /** The header that takes it away. */
  noCookie(): string {
    return this.header('', 0);
  }

  /** The session that a request came with; undefined = none that holds. */
  read(cookies: string | undefined): Session | undefined {
    for (const sealed of cookieValues(cookies ?? '', this.cookieName)) {
      const session = this.open(sealed);
      if (session && session.expiresAt > this.clock.now()) return session;
    }
    return undefined;
  }

  private header(value: string, seconds: number): string {
    const secure = this.isSecure ? '; Secure' : '';
    return `${this.cookieName}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}${secure}`;
  }

  private seal({ digest, expiresAt }: Session): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, iv).setAAD(PURPOSE);
    const text = JSON.stringify([digest, expiresAt]);
    const sealed = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString('base64url');
  }

  /** What was changed, or sealed by somebody else, is no session. */
  private open(sealed: string): Session | undefined {
    if (sealed.length > MAX_SEALED || !/^[\w-]+$/.test(sealed)) return undefined;
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(ALGORITHM, this.key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    }).setAAD(PURPOSE);
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
      const [digest, expiresAt] = JSON.parse(text.toString('utf8')) as [string, number];
      return { digest, expiresAt };
    } catch {
      return undefined;
    }
  }
}

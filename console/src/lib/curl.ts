/** A word that a POSIX shell takes as it is written. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** How the service shows a value that it keeps to itself. */
export const HIDDEN = '***';

const SIGNATURE = `"X-Webhook-Signature: sha256=$(printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET" -r | cut -d' ' -f1)"`;

export interface Sent {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the receiver expects a signature. */
  readonly signed: boolean;
}

/**
 * The same request for a shell. The secret is not in it: it is taken from `$SECRET`; and where a value is hidden stands
 * `<name>`. The body goes by stdin: as an argument it could have 128 KiB at most.
 */
export function curl({ url, body, headers, signed }: Sent): string {
  const options = Object.entries(headers).map(
    ([name, value]) => `-H ${quoted(`${name}: ${value === HIDDEN ? `<${name}>` : value}`)}`,
  );
  if (signed) options.push(`-H ${SIGNATURE}`);
  const lines = [`printf %s "$BODY" | curl --include ${quoted(url)}`, ...options, '--data-binary @-'];
  return `BODY=${quoted(body)}\n${lines.join(' \\\n  ')}\n`;
}

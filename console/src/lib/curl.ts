/** A word that a POSIX shell takes as it is written. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const SIGNATURE = `"X-Webhook-Signature: sha256=$(printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET" -r | cut -d' ' -f1)"`;

export interface Sent {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the receiver expects a signature. */
  readonly signed: boolean;
}

/** The same request for a shell. The secret is not in it: it is taken from `$SECRET`. */
export function curl({ url, body, headers, signed }: Sent): string {
  const options = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  if (signed) options.push(`-H ${SIGNATURE}`);
  const lines = [`curl --include ${quoted(url)}`, ...options, `--data-binary "$BODY"`];
  return `BODY=${quoted(body)}\n${lines.join(' \\\n  ')}\n`;
}

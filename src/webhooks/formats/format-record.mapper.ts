import type { FormatSecrets, SecretCipher } from '../../delivery/sending/secret-cipher.js';
import { HIDDEN } from '../../delivery/sending/credentials.js';
import { formatNamed, hasSecretUrl } from '../../formats/catalogue.js';
import type { Format, FormatOptions } from '../../formats/format.js';
import { secretOptions, shownOptions } from '../../formats/options.js';
import { shownUrl } from '../../formats/secret-url.js';
import { text, textOrNull, type Row } from '../../neo4j/row.js';
import type { StoredSettings, Webhook } from '../webhook.js';

/** What is stored of a webhook's format. */
export type StoredFormat = Pick<Webhook, 'format' | 'formatOptions' | 'trueUrl'>;

/** @param open the text in the clear; undefined = no listed key opens it */
export function readFormat(record: Row, open: (stored: string) => string | undefined): StoredFormat {
  const format = textOrNull(record, 'format') ?? 'basset';
  const shown = JSON.parse(textOrNull(record, 'format_options') ?? '{}') as FormatOptions;
  const sealed = textOrNull(record, 'format_secrets');
  if (sealed === null) return { format, formatOptions: shown, trueUrl: text(record, 'url') };
  const secrets = open(sealed);
  if (secrets === undefined) return { format, formatOptions: shown, trueUrl: null };
  const { url, options } = JSON.parse(secrets) as FormatSecrets;
  return { format, formatOptions: { ...shown, ...options }, trueUrl: url ?? text(record, 'url') };
}

function secretsOf(format: Format, url: string, options: FormatOptions): FormatSecrets | null {
  const names = secretOptions(format).filter((name) => name in options);
  const isSecret = hasSecretUrl(format, options);
  if (!isSecret && names.length === 0) return null;
  return {
    ...(isSecret && { url }),
    ...(names.length > 0 && { options: Object.fromEntries(names.map((name) => [name, options[name]])) }),
  };
}

/** The settings of a format as node properties: only what may be seen lies there in the clear. `basset` is no property. */
export function formatProperties(
  { format: name, formatOptions: options = {}, url }: Partial<StoredSettings>,
  cipher: SecretCipher,
): Record<string, unknown> {
  const format = name === undefined ? undefined : formatNamed(name);
  if (!format || url === undefined) return {};
  const secrets = secretsOf(format, url, options);
  const shown = shownOptions(format, options, HIDDEN);
  return {
    url: hasSecretUrl(format, options) ? shownUrl(url) : url,
    format: name === 'basset' ? null : name,
    format_options: Object.keys(options).length > 0 ? JSON.stringify(shown) : null,
    format_secrets: secrets && cipher.encrypt(JSON.stringify(secrets)),
  };
}

import { useInfo } from '../api/queries.js';
import type { Delivery, Webhook } from '../api/types.js';
import { curl } from '../lib/curl.js';
import { rebuiltHeaders } from '../lib/rebuilt-headers.js';
import { useAttempts } from './attempts.js';
import { Body } from './body.js';
import { Copy } from './copy.js';
import { Section } from './page.js';

interface Props {
  readonly delivery: Delivery;
  readonly webhook: Webhook | undefined;
  /** The exact text of the event's body. */
  readonly body: string;
}

export function HeaderList({ headers }: { readonly headers: Readonly<Record<string, string>> }) {
  return (
    <dl className="headers code">
      {Object.entries(headers).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="breaks">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const SIGNED = { 'webhook-signature': 'v1,…', 'X-Webhook-Signature': 'sha256=…' };

/** What the receiver got: the body byte for byte, the headers as they are built. */
export function WhatWasSent({ delivery, webhook, body }: Props) {
  const info = useInfo();
  const attempts = useAttempts(delivery.id).data?.attempts ?? [];
  // Another format sends another body: what is known of it is the event.
  const isOwn = webhook === undefined || webhook.format === 'basset';
  const headers = rebuiltHeaders(delivery, webhook, attempts.at(-1), info.data?.version);
  const signed = webhook?.has_secret === true;
  const command =
    webhook?.format === 'basset' ? curl({ url: webhook.url, body, headers, signed }) : undefined;
  return (
    <Section
      title={isOwn ? 'What was sent' : 'The event'}
      aside={command !== undefined && <Copy text={command} label="Copy as curl" small />}
    >
      <Body text={body} label="the body" />
      {isOwn && (
        <details>
          <summary>Headers</summary>
          <p className="help">
            Rebuilt as the service builds them; what was sent is not stored. Credentials are not shown, and
            signatures need the secret{signed ? '' : ', which this webhook does not have'}.
          </p>
          <HeaderList headers={{ ...headers, ...(signed && SIGNED) }} />
        </details>
      )}
    </Section>
  );
}

import { useInfo } from '../api/queries.js';
import type { Delivery, Webhook } from '../api/types.js';
import { curl, HIDDEN } from '../lib/curl.js';
import { rebuiltHeaders } from '../lib/rebuilt-headers.js';
import { aboutHeaders, whatIsKnown, type KnownWebhook } from '../lib/what-was-sent.js';
import { useAttempts } from './attempts.js';
import { Body } from './body.js';
import { Copy } from './copy.js';
import { Section } from './page.js';

interface Props {
  readonly delivery: Delivery;
  readonly webhook: KnownWebhook;
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

interface HeadersProps {
  readonly webhook: Webhook;
  readonly headers: Readonly<Record<string, string>>;
}

function Headers({ webhook, headers }: HeadersProps) {
  return (
    <details>
      <summary>Headers</summary>
      <p className="help">{aboutHeaders(webhook)}</p>
      {Object.values(headers).includes(HIDDEN) && (
        <p className="help">
          In the copied command stands the name of a hidden value in its place: put it in.
        </p>
      )}
      <HeaderList headers={{ ...headers, ...(webhook.has_secret && SIGNED) }} />
    </details>
  );
}

/** What is known of what the receiver got: the body byte for byte, the headers as they would be built today. */
export function WhatWasSent({ delivery, webhook: known, body }: Props) {
  const info = useInfo();
  const attempts = useAttempts(delivery.id).data?.attempts ?? [];
  const { title, isOwnBody, note } = whatIsKnown(known);
  const webhook = isOwnBody && typeof known === 'object' ? known : undefined;
  const headers = rebuiltHeaders(delivery, webhook, attempts.at(-1), info.data?.version);
  const command = webhook && curl({ url: webhook.url, body, headers, signed: webhook.has_secret });
  return (
    <Section
      title={title}
      aside={command !== undefined && <Copy text={command} label="Copy as curl" small />}
    >
      {note !== undefined && <p className="help">{note}</p>}
      <Body text={body} label="the body" />
      {webhook && <Headers {...{ webhook, headers }} />}
    </Section>
  );
}

import { useRoute } from 'preact-iso/router';
import type { ComponentChildren } from 'preact';
import { callForText, get } from '../api/call.js';
import { isGone } from '../api/not-refreshed.js';
import { useWebhook } from '../api/queries.js';
import type { Delivery, Event, Webhook } from '../api/types.js';
import { useQuery } from '../api/use-query.js';
import { took } from '../lib/format-time.js';
import { rawMember } from '../lib/raw-member.js';
import { useRefresh } from '../live/use-refresh.js';
import { Answer } from '../parts/answer.js';
import { Attempts } from '../parts/attempts.js';
import { Copy } from '../parts/copy.js';
import { DeliveryTable } from '../parts/delivery-table.js';
import { Explanation } from '../parts/explanation.js';
import { Facts } from '../parts/facts.js';
import { Page, Section } from '../parts/page.js';
import { Retry } from '../parts/retry.js';
import { WhatWasSent } from '../parts/sent.js';
import { Gone, Loaded } from '../parts/states.js';
import { DeliveryStatus } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { useWebhookNames } from '../parts/webhook-names.js';

interface Read {
  readonly delivery: Delivery;
  /** As it stands in the answer: what was signed is text, not what a browser makes of it. */
  readonly body: string;
}

async function readDelivery(id: string, signal: AbortSignal): Promise<Read> {
  const text = await callForText(
    'GET',
    `/api/v1/webhooks/deliveries/${encodeURIComponent(id)}`,
    undefined,
    signal,
  );
  return { delivery: JSON.parse(text) as Delivery, body: rawMember(text, 'payload') ?? '' };
}

/** The other webhooks that got the same event. */
function Siblings({ delivery }: { readonly delivery: Delivery }) {
  const names = useWebhookNames();
  const event = useQuery({
    key: ['event', delivery.event_id],
    read: (signal) => get<Event>(`/events/${encodeURIComponent(delivery.event_id)}`, signal),
  });
  return (
    <Section title="Other deliveries of this event">
      <Loaded of={event} what="the event">
        {({ deliveries }) => {
          const others = deliveries.filter(({ id }) => id !== delivery.id);
          if (others.length === 0) return <p className="quiet">There is no other: one webhook got it.</p>;
          return <DeliveryTable rows={others} webhooks={names} label="Other deliveries of this event" />;
        }}
      </Loaded>
    </Section>
  );
}

function What({ delivery, webhook }: { readonly delivery: Delivery; readonly webhook: Webhook | undefined }) {
  return (
    <Facts
      of={[
        [
          'Webhook',
          webhook ? <a href={`/console/webhooks/${webhook.id}`}>{webhook.name}</a> : delivery.webhook_id,
        ],
        [
          'Event',
          <a href={`/console/events/${encodeURIComponent(delivery.event_id)}`}>{delivery.event_id}</a>,
        ],
        ['Project', delivery.project_id ?? <span className="quiet">none</span>],
        ['Created', <Time at={delivery.created_at} relative />],
        ['Last attempt', <Time at={delivery.last_attempt_at} relative />],
        ['Next attempt', <Time at={delivery.next_retry_at} relative />],
        ['Answer', <Answer of={delivery} />],
        ['Took', took(delivery.duration_ms)],
        ['Attempts', delivery.attempts],
        ...(delivery.digest_id ? [['Sent in the digest', delivery.digest_id] as const] : []),
      ]}
    />
  );
}

function Content({ delivery, body, gone }: Read & { readonly gone: ComponentChildren }) {
  const found = useWebhook(delivery.webhook_id);
  const webhook = found.data;
  const known = isGone(found.error) ? 'gone' : webhook;
  return (
    <Page
      title={delivery.event}
      within={<a href="/console/deliveries">Deliveries</a>}
      aside={<DeliveryStatus status={delivery.status} />}
      actions={
        <>
          <Retry delivery={delivery} webhook={known} />
          <Copy text={delivery.id} label="Copy id" />
        </>
      }
    >
      {gone}
      <Explanation delivery={delivery} webhook={webhook} />
      <What delivery={delivery} webhook={webhook} />
      <Section title="Attempts">
        <Attempts id={delivery.id} />
      </Section>
      <WhatWasSent delivery={delivery} webhook={known} body={body} />
      <Siblings delivery={delivery} />
    </Page>
  );
}

export function DeliveryPage() {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const found = useQuery({ key: ['delivery', id], read: (signal) => readDelivery(id, signal) });
  const webhookId = found.data?.delivery.webhook_id;
  const eventId = found.data?.delivery.event_id;
  useRefresh(
    [
      ['delivery', id],
      ['attempts', id],
      ['webhook', webhookId],
      ['event', eventId],
    ],
    // Its siblings stand below.
    (news) => (news.kind === 'delivery' ? news.delivery.event_id === eventId : true),
  );
  const gone = <Gone of={found}>This delivery is no longer in the log.</Gone>;
  if (found.data) return <Content {...found.data} gone={gone} key={id} />;
  return (
    <Page title="Delivery" within={<a href="/console/deliveries">Deliveries</a>}>
      <Loaded of={found} what="the delivery">
        {() => null}
      </Loaded>
    </Page>
  );
}

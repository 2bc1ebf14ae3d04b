import { useRoute } from 'preact-iso/router';
import type { ComponentChildren } from 'preact';
import { callForText } from '../api/call.js';
import type { Event } from '../api/types.js';
import { useQuery } from '../api/use-query.js';
import { rawMember } from '../lib/raw-member.js';
import { count, counted } from '../lib/words.js';
import { useRefresh } from '../live/use-refresh.js';
import { Body } from '../parts/body.js';
import { Copy } from '../parts/copy.js';
import { DeliveryTable } from '../parts/delivery-table.js';
import { Facts } from '../parts/facts.js';
import { Page, Section } from '../parts/page.js';
import { Recipients } from '../parts/recipients.js';
import { Empty, Gone, Loaded } from '../parts/states.js';
import { Time } from '../parts/time.js';
import { useWebhookNames } from '../parts/webhook-names.js';

interface Read {
  readonly event: Event;
  readonly body: string;
}

async function readEvent(id: string, signal: AbortSignal): Promise<Read> {
  const text = await callForText('GET', `/api/v1/events/${encodeURIComponent(id)}`, undefined, signal);
  return { event: JSON.parse(text) as Event, body: rawMember(text, 'payload') ?? '' };
}

function Deliveries({ event }: { readonly event: Event }) {
  const names = useWebhookNames();
  if (event.deliveries.length === 0)
    return (
      <Empty title="No webhook matched">
        <p>
          The event was accepted and stored, and nobody was to get it. What would become of it today stands
          below.
        </p>
      </Empty>
    );
  return (
    <>
      {event.total > event.deliveries.length && (
        <p className="quiet">The first {count(event.deliveries.length)} of them.</p>
      )}
      <DeliveryTable rows={event.deliveries} webhooks={names} label="Deliveries of this event" />
    </>
  );
}

function Content({ event, body, gone }: Read & { readonly gone: ComponentChildren }) {
  return (
    <Page
      title={event.event}
      within={<a href="/console/deliveries">Deliveries</a>}
      actions={<Copy text={event.id} label="Copy id" />}
    >
      {gone}
      <Facts
        of={[
          ['Event id', <span className="code breaks">{event.id}</span>],
          ['Project', event.project_id ?? <span className="quiet">none: only global webhooks get it</span>],
          ['Happened', <Time at={event.timestamp} relative />],
          ['Accepted', <Time at={event.created_at} relative />],
        ]}
      />
      <Section title={counted(event.total, 'delivery', 'deliveries')}>
        <Deliveries event={event} />
      </Section>
      <Section title="Body">
        <Body text={body} label="the body" />
      </Section>
      <details open={event.total === 0}>
        <summary>Who would get such an event now, and who not</summary>
        <Recipients
          event={event.event}
          project={event.project_id ?? ''}
          data={rawMember(body, 'data') ?? '{}'}
        />
      </details>
    </Page>
  );
}

export function EventPage() {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const found = useQuery({ key: ['event-page', id], read: (signal) => readEvent(id, signal) });
  useRefresh([['event-page', id]], (news) =>
    news.kind === 'delivery' ? news.delivery.event_id === id : true,
  );
  const gone = <Gone of={found}>This event is no longer in the log.</Gone>;
  if (found.data) return <Content {...found.data} gone={gone} key={id} />;
  return (
    <Page title="Event" within={<a href="/console/deliveries">Deliveries</a>}>
      <Loaded of={found} what="the event">
        {() => null}
      </Loaded>
    </Page>
  );
}

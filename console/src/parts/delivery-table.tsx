import type { Delivery, Webhook } from '../api/types.js';
import { took, zoneName } from '../lib/format-time.js';
import { usePreferences } from '../lib/preferences.js';
import { shortId } from '../lib/words.js';
import { Answer } from './answer.js';
import { useStill, type Place } from '../live/use-still.js';
import { HeldBack, Row, RowLink, Scroll } from './row.js';
import { DeliveryStatus } from './status.js';
import { Time } from './time.js';

interface Props {
  readonly rows: readonly Delivery[];
  /** Names by id; undefined = all rows are of one webhook, which need not be named. */
  readonly webhooks?: ReadonlyMap<string, Webhook>;
  readonly label: string;
  readonly place?: Place;
}

/** `UTC`, or the offset that the user's zone has now. */
export function useZoneName(): string {
  return zoneName(new Date(), usePreferences().zone);
}

interface HeadsProps {
  readonly named: boolean;
  readonly timed: boolean;
}

function Heads({ named, timed }: HeadsProps) {
  const zone = useZoneName();
  return (
    <thead>
      <tr>
        <th scope="col">Status</th>
        <th scope="col">Event</th>
        {named && <th scope="col">Webhook</th>}
        <th scope="col" className="column-project">
          Project
        </th>
        <th scope="col" className="number">
          Attempts
        </th>
        <th scope="col">Answer</th>
        <th scope="col" className="number">
          Took
        </th>
        {timed && <th scope="col">Next attempt ({zone})</th>}
        <th scope="col">Created ({zone})</th>
      </tr>
    </thead>
  );
}

/** One that is read again by itself: its rows do not move while somebody is there. */
export function StillDeliveryTable({ rows, ...rest }: Omit<Props, 'place'>) {
  const still = useStill(rows);
  return (
    <>
      <DeliveryTable {...rest} rows={still.rows} place={still.place} />
      <HeldBack of={still} />
    </>
  );
}

export function DeliveryTable({ rows, webhooks, label, place }: Props) {
  // Where nothing is to be tried again, its place is of more use to the other columns.
  const timed = rows.some(({ next_retry_at }) => next_retry_at !== null);
  return (
    <Scroll label={label} {...(place && { place })}>
      <table className="deliveries">
        <Heads named={webhooks !== undefined} timed={timed} />
        <tbody>
          {rows.map((row) => (
            <DeliveryRow key={row.id} {...{ row, webhooks, timed }} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface RowProps {
  readonly row: Delivery;
  readonly webhooks: ReadonlyMap<string, Webhook> | undefined;
  /** Whether there is a column for when it is tried again. */
  readonly timed: boolean;
}

function DeliveryRow({ row, webhooks, timed }: RowProps) {
  const href = `/console/deliveries/${row.id}`;
  return (
    <Row href={href}>
      <td>
        <RowLink href={href} label={`${row.status}, ${row.event}, ${row.created_at}`}>
          <DeliveryStatus status={row.status} />
        </RowLink>
      </td>
      <td>
        <span className="code">{row.event}</span>
        {row.project_id !== null && <span className="more">{row.project_id}</span>}
      </td>
      {webhooks && <WebhookCell id={row.webhook_id} webhooks={webhooks} />}
      <td className="cut column-project" title={row.project_id ?? undefined}>
        {row.project_id ?? <span className="quiet">–</span>}
      </td>
      <td className="number">{row.attempts}</td>
      <td className="cut">
        <Answer of={row} />
      </td>
      <td className="number">{took(row.duration_ms)}</td>
      {timed && (
        <td>
          <Time at={row.next_retry_at} bare />
        </td>
      )}
      <td>
        <Time at={row.created_at} bare />
      </td>
    </Row>
  );
}

function WebhookCell({
  id,
  webhooks,
}: {
  readonly id: string;
  readonly webhooks: ReadonlyMap<string, Webhook>;
}) {
  const webhook = webhooks.get(id);
  if (!webhook) return <td className="quiet">deleted, {shortId(id)}</td>;
  return (
    <td className="cut" title={webhook.name}>
      <a href={`/console/webhooks/${id}`}>{webhook.name}</a>
    </td>
  );
}

import { useLocation } from 'preact-iso/router';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useMayChange } from '../api/access.js';
import { useTotals } from '../api/activity.js';
import { useWebhooks } from '../api/queries.js';
import type { Totals, Webhook } from '../api/types.js';
import { passes, searchOf, sieveOf, type Sieve } from '../lib/sieve.js';
import { byUrgency } from '../lib/webhook-state.js';
import { count, counted, splitUrl } from '../lib/words.js';
import { useRefresh } from '../live/use-refresh.js';
import { useStill } from '../live/use-still.js';
import { useZoneName } from '../parts/delivery-table.js';
import { Page } from '../parts/page.js';
import { Row, RowLink, Scroll } from '../parts/row.js';
import { SieveForm } from '../parts/sieve-form.js';
import { Empty, Loaded } from '../parts/states.js';
import { WebhookStatus } from '../parts/status.js';
import { Time } from '../parts/time.js';

function Address({ url }: { readonly url: string }) {
  const { before, host, after } = splitUrl(url);
  return (
    <span className="url" title={url}>
      <span className="quiet">{before}</span>
      <strong>{host}</strong>
      <span className="quiet">{after}</span>
    </span>
  );
}

function Events({ events }: { readonly events: readonly string[] }) {
  const [first = '', ...others] = events;
  return (
    <td className="column-events code" title={events.join(', ')}>
      {first}
      {others.length > 0 && <span className="quiet"> +{others.length}</span>}
    </td>
  );
}

type Sum = Pick<Totals, 'succeeded' | 'failed'>;

const NOTHING: Sum = { succeeded: 0, failed: 0 };

/** Of the last day; undefined = not known yet. */
function Sums({ totals }: { readonly totals: Sum | undefined }) {
  if (!totals) return <span className="quiet">–</span>;
  return (
    <>
      {count(totals.succeeded)} /{' '}
      <span className={totals.failed > 0 ? 'bad' : 'quiet'}>{count(totals.failed)}</span>
    </>
  );
}

const projectWords = ({ project_id }: Webhook): string =>
  project_id === null ? 'All projects' : `Project ${project_id}`;

interface RowProps {
  readonly webhook: Webhook;
  readonly totals: Sum | undefined;
}

/** What has no room for a column of its own stands below the name then. */
function More({ webhook, totals }: RowProps) {
  return (
    <>
      <span className="more narrow">
        <Address url={webhook.url} />
      </span>
      <span className="more narrow code">{webhook.events.join(', ')}</span>
      <span className="more">{projectWords(webhook)}</span>
      <span className="more narrow">
        {webhook.has_secret ? 'Signed' : 'Not signed'} · 24 h: <Sums totals={totals} />
      </span>
      <span className="more narrow">
        Last delivery: <Time at={webhook.last_triggered_at} />
      </span>
    </>
  );
}

function WebhookRow({ webhook, totals }: RowProps) {
  const href = `/console/webhooks/${webhook.id}`;
  return (
    <Row href={href}>
      <th scope="row" className="column-name" title={webhook.name}>
        <RowLink href={href}>{webhook.name}</RowLink>
        <More {...{ webhook, totals }} />
      </th>
      <td className="column-state">
        <WebhookStatus webhook={webhook} />
      </td>
      <td className="column-url">
        <Address url={webhook.url} />
        <span className="more code">{webhook.events.join(', ')}</span>
        <span className="more">{webhook.has_secret ? 'Signed' : 'Not signed'}</span>
      </td>
      <Events events={webhook.events} />
      <td className="column-project" title={webhook.project_id ?? undefined}>
        {webhook.project_id ?? <span className="quiet">all</span>}
      </td>
      <td className="column-signed">{webhook.has_secret ? 'Yes' : <span className="quiet">No</span>}</td>
      <td className="column-day number">
        <Sums totals={totals} />
      </td>
      <td className="column-last">
        <Time at={webhook.last_triggered_at} bare />
      </td>
    </Row>
  );
}

/** Where there is no room for all, what some of them say stands below the name and the URL instead. */
const COLUMNS = [
  ['name', 'Name'],
  ['state', 'State'],
  ['url', 'URL'],
  ['events', 'Events'],
  ['project', 'Project'],
  ['signed', 'Signed'],
] as const;

interface TableProps {
  readonly webhooks: readonly Webhook[];
  /** By what they are filtered. */
  readonly asked: string;
}

function WebhookTable({ webhooks, asked }: TableProps) {
  const still = useStill(webhooks, asked);
  const totals = useTotals();
  const zone = useZoneName();
  return (
    <Scroll label="Webhooks" place={still.place}>
      <table className="webhooks">
        <thead>
          <tr>
            {COLUMNS.map(([column, words]) => (
              <th key={column} scope="col" className={`column-${column}`}>
                {words}
              </th>
            ))}
            <th scope="col" className="column-day number">
              24 h: arrived / failed
            </th>
            <th scope="col" className="column-last">
              Last delivery ({zone})
            </th>
          </tr>
        </thead>
        <tbody>
          {still.rows.map((webhook) => (
            <WebhookRow
              key={webhook.id}
              webhook={webhook}
              totals={totals && (totals.get(webhook.id) ?? NOTHING)}
            />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function NewButton() {
  return useMayChange() ? (
    <a className="button primary" href="/console/webhooks/new">
      New webhook
    </a>
  ) : null;
}

/** Whoever types makes no history, and the address follows when he rests: browsers refuse too many changes of it. */
const REST_MS = 300;

/** What the address says, and what is being typed. */
function useSieve(): readonly [Sieve, (sieve: Sieve) => void] {
  const { url, route } = useLocation();
  const given = new URL(url, location.origin).searchParams;
  const [sieve, setSieve] = useState(() => sieveOf(given));
  const search = searchOf(sieveOf(given));
  const written = useRef(search);
  useEffect(() => {
    if (search !== written.current) setSieve(sieveOf(given));
    written.current = search;
  }, [search]);
  const next = searchOf(sieve);
  useEffect(() => {
    if (next === search) return undefined;
    const address = `/console/webhooks${next === '' ? '' : `?${next}`}`;
    const timer = window.setTimeout(() => {
      written.current = next;
      route(address, true);
    }, REST_MS);
    return () => window.clearTimeout(timer);
  }, [next]);
  return [sieve, setSieve];
}

function Content({ webhooks }: { readonly webhooks: readonly Webhook[] }) {
  const [sieve, setSieve] = useSieve();
  if (webhooks.length === 0)
    return (
      <Empty title="There is no webhook yet">
        <p>A webhook is an address that hears of events: a program of yours, a chat channel, a SIEM.</p>
        <NewButton />
      </Empty>
    );
  const shown = webhooks.filter((webhook) => passes(webhook, sieve)).sort(byUrgency);
  const projects = [...new Set(webhooks.flatMap(({ project_id }) => project_id ?? []))].sort();
  return (
    <>
      <SieveForm sieve={sieve} projects={projects} onChange={setSieve} />
      <p className="table-head quiet">
        {shown.length === webhooks.length ? '' : `${count(shown.length)} of `}
        {counted(webhooks.length, 'webhook')}
      </p>
      {shown.length > 0 ? (
        <WebhookTable webhooks={shown} asked={JSON.stringify(sieve)} />
      ) : (
        <Empty title="No webhook matches" />
      )}
    </>
  );
}

export function WebhooksPage() {
  const list = useWebhooks();
  useRefresh([['webhooks'], ['totals']], () => true);
  return (
    <Page title="Webhooks" actions={<NewButton />}>
      <Loaded of={list} what="webhooks">
        {({ webhooks }) => <Content webhooks={webhooks} />}
      </Loaded>
    </Page>
  );
}

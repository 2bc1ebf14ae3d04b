import { useLocation } from 'preact-iso/router';
import { useMemo } from 'preact/hooks';
import { useMayChange } from '../api/access.js';
import { get } from '../api/call.js';
import { deliveriesOf, useWebhooks } from '../api/queries.js';
import type { Delivery, DeliveryList } from '../api/types.js';
import { queries, useQuery } from '../api/use-query.js';
import { filterOf, isNarrow, mayWaitIn, wouldShow, type DeliveryFilter } from '../lib/delivery-filter.js';
import { download } from '../lib/download.js';
import { count, counted } from '../lib/words.js';
import { useLiveRows, type LiveRows } from '../live/use-live-rows.js';
import { DeliveryTable } from '../parts/delivery-table.js';
import { Filters } from '../parts/filters.js';
import { Page } from '../parts/page.js';
import { Pager } from '../parts/pager.js';
import { Pill } from '../parts/pill.js';
import { Empty, Loaded } from '../parts/states.js';

function NothingHere({ filter }: { readonly filter: DeliveryFilter }) {
  const mayChange = useMayChange();
  if (isNarrow(filter))
    return (
      <Empty title="No delivery matches these filters">
        <p>
          <a className="button" href="/console/deliveries">
            Clear the filters
          </a>
        </p>
      </Empty>
    );
  return (
    <Empty title="Nothing was delivered yet">
      <p>Each event makes one delivery for each webhook that wants it.</p>
      {mayChange && (
        <p>
          <a className="button" href="/console/emit">
            Emit an event
          </a>
        </p>
      )}
    </Empty>
  );
}

/** As the log would give it: the feed tells less of a row than the API does. */
async function wholeRow(row: Delivery): Promise<Delivery> {
  const whole = await get<Delivery>(`/webhooks/deliveries/${encodeURIComponent(row.id)}`);
  return { ...whole, payload: row.payload };
}

async function exportPage(rows: readonly Delivery[], isTold: LiveRows['isTold']): Promise<void> {
  // What cannot be read again goes out as it stands there.
  const whole = rows.map(async (row) => (isTold(row.id) ? wholeRow(row).catch(() => row) : row));
  const lines = (await Promise.all(whole)).map((row) => `${JSON.stringify(row)}\n`).join('');
  download('deliveries.jsonl', 'application/x-ndjson', lines);
}

interface TableProps {
  readonly list: DeliveryList;
  readonly filter: DeliveryFilter;
  readonly search: URLSearchParams;
  readonly live: LiveRows;
}

function Table({ list, filter, search, live }: TableProps) {
  const webhooks = useWebhooks().data?.webhooks ?? [];
  const names = useMemo(() => new Map(webhooks.map((webhook) => [webhook.id, webhook])), [webhooks]);
  if (list.deliveries.length === 0) return <NothingHere filter={filter} />;
  return (
    <>
      <div className="table-head">
        <span className="quiet">
          {counted(list.total, 'delivery', 'deliveries').replace(' ', list.total_capped ? '+ ' : ' ')}
        </span>
        <button
          type="button"
          className="button small"
          onClick={() => void exportPage(list.deliveries, live.isTold)}
        >
          Export these {count(list.deliveries.length)} as JSON lines
        </button>
      </div>
      <DeliveryTable rows={list.deliveries} webhooks={names} label="Deliveries, newest first" />
      <Pager search={search} next={list.next_cursor} />
    </>
  );
}

export function DeliveriesPage() {
  const { url } = useLocation();
  const search = useMemo(() => new URL(url, location.origin).searchParams, [url]);
  const filter = useMemo(() => filterOf(search), [search]);
  const webhooks = useWebhooks().data?.webhooks ?? [];
  const { key, read } = deliveriesOf(filter);
  const list = useQuery({ key, read, still: true, keep: true });
  const live = useLiveRows({
    ...{ key, read, isReading: list.isFetching },
    matches: (news) => wouldShow(filter, news),
    mayWait: (event) => mayWaitIn(filter, event),
  });
  const show = (): void => {
    live.clear();
    void queries.invalidateQueries({ queryKey: key });
  };
  return (
    <Page title="Deliveries">
      <Filters filter={filter} webhooks={webhooks} />
      <Pill fresh={live.fresh} changed={live.changed} onShow={show} />
      <div className={list.isPlaceholderData ? 'stale' : ''} aria-busy={list.isFetching}>
        <Loaded of={list} what="deliveries">
          {(data) => <Table list={data} {...{ filter, search, live }} />}
        </Loaded>
      </div>
    </Page>
  );
}

import { useLocation } from 'preact-iso/router';
import { useEffect } from 'preact/hooks';
import { ApiError, get } from '../api/call.js';
import { useQuery } from '../api/use-query.js';
import { isUuid } from '../lib/is-uuid.js';
import { Page } from '../parts/page.js';
import { Empty, Loaded } from '../parts/states.js';

const isThere = async (path: string, signal: AbortSignal): Promise<boolean> =>
  get(path, signal).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    },
  );

/** What an id stands for: the page of a delivery, an event or a webhook; '' = nothing. */
async function pageOf(id: string, signal: AbortSignal): Promise<string> {
  const name = encodeURIComponent(id);
  if (isUuid(id) && (await isThere(`/webhooks/deliveries/${name}`, signal)))
    return `/console/deliveries/${name}`;
  if (await isThere(`/events/${name}`, signal)) return `/console/events/${name}`;
  return isUuid(id) && (await isThere(`/webhooks/${name}`, signal)) ? `/console/webhooks/${name}` : '';
}

/** `/console/find?id=…`: goes where the id leads. */
export function FindPage() {
  const { query, route } = useLocation();
  const id = (query['id'] ?? '').trim();
  const found = useQuery({ key: ['find', id], read: (signal) => pageOf(id, signal), enabled: id !== '' });
  useEffect(() => {
    if (found.data !== undefined && found.data !== '') route(found.data, true);
  }, [found.data]);
  if (id === '') return <Page title="Find by id">Type an id into the box above.</Page>;
  return (
    <Page title="Find by id">
      <Loaded of={found} what="what the id stands for">
        {(path) => (path === '' ? <NothingFound id={id} /> : <a href={path}>{id}</a>)}
      </Loaded>
    </Page>
  );
}

function NothingFound({ id }: { readonly id: string }) {
  return (
    <Empty title="Nothing has this id">
      <p className="breaks code">{id}</p>
      <p>
        It may be the id of a delivery, an event (what receivers see as <code>webhook-id</code>) or a webhook.
        Old deliveries are removed from the log: <code>MAX_DELIVERIES</code>.
      </p>
    </Empty>
  );
}

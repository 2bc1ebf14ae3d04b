import { send } from '../api/call.js';
import type { Match } from '../api/types.js';
import { useQuery } from '../api/use-query.js';
import {
  askedData,
  questionOf,
  recipientsOf,
  type Asked,
  type Recipients as Told,
} from '../lib/recipients.js';
import { count } from '../lib/words.js';
import { useRefresh } from '../live/use-refresh.js';
import { Loaded } from './states.js';
import { useWebhookNames } from './webhook-names.js';

const REASONS: Readonly<Record<string, string>> = {
  inactive: 'it is not active',
  other_project: 'it is for another project',
  not_subscribed: 'it does not subscribe to this event',
  filtered: 'its filter leaves this event out',
};

/** By a body, also where nothing is changed: data have no place in a URL, which proxies write down. */
export const useMatch = (meant: Asked) =>
  useQuery({
    key: ['match', questionOf(meant)],
    read: (signal) => send<Match>('POST', '/webhooks/match', questionOf(meant), signal),
    enabled: meant.event !== '',
    every: 30_000,
  });

interface ItemProps {
  readonly id: string;
  readonly name: string;
  readonly why?: string;
}

const Item = ({ id, name, why }: ItemProps) => (
  <li>
    <a href={`/console/webhooks/${id}`}>{name}</a>
    {why !== undefined && <span className="quiet"> {why}</span>}
  </li>
);

function Would({ told: { will, willTotal, may } }: { readonly told: Told }) {
  if (will.length + may.length === 0)
    return (
      <p>
        <strong>Nobody</strong> would get it.
      </p>
    );
  return (
    <>
      {willTotal > will.length && (
        <p className="quiet">
          {count(willTotal)} would get it; the first {count(will.length)} are named.
        </p>
      )}
      <ul className="recipients">
        {will.map(({ webhook_id: id, name }) => (
          <Item key={id} {...{ id, name }} />
        ))}
        {may.map(({ webhook_id: id, name }) => (
          <Item key={id} {...{ id, name }} why="may get it: it has a filter, which decides on the data" />
        ))}
      </ul>
    </>
  );
}

function WouldNot({ told: { not, notTotal } }: { readonly told: Told }) {
  if (notTotal === 0) return null;
  return (
    <details>
      <summary>{count(notTotal)} would not get it</summary>
      {notTotal > not.length && <p className="quiet">The first {count(not.length)} are named.</p>}
      <ul className="recipients">
        {not.map(({ webhook_id: id, name, reason }) => (
          <Item key={id} {...{ id, name }} why={REASONS[reason] ?? reason} />
        ))}
      </ul>
    </details>
  );
}

/** Who would get an event, and who not and why. Nothing is written by asking. */
export function Recipients(meant: Asked) {
  const match = useMatch(meant);
  const webhooks = useWebhookNames();
  useRefresh([['match']], ({ kind }) => kind !== 'delivery');
  if (meant.event === '') return <p className="quiet">Choose an event first.</p>;
  const knowsData = askedData(meant.data) !== undefined;
  const hasFilter = (id: string): boolean => webhooks.get(id)?.filter != null;
  return (
    <Loaded of={match} what="who would get it">
      {(found) => {
        const told = recipientsOf(found, knowsData, hasFilter);
        return (
          <>
            <Would told={told} />
            <WouldNot told={told} />
          </>
        );
      }}
    </Loaded>
  );
}

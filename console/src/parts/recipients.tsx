import { get, query } from '../api/call.js';
import type { Match } from '../api/types.js';
import { useQuery } from '../api/use-query.js';
import { count } from '../lib/words.js';
import { Loaded } from './states.js';

const REASONS: Readonly<Record<string, string>> = {
  inactive: 'it is not active',
  other_project: 'it is for another project',
  not_subscribed: 'it does not subscribe to this event',
  filtered: 'its filter leaves this event out',
};

export const useMatch = (event: string, project: string) =>
  useQuery({
    key: ['match', event, project],
    read: (signal) => get<Match>(`/webhooks/match${query({ event, project_id: project })}`, signal),
    enabled: event !== '',
  });

function Would({ match }: { readonly match: Match }) {
  if (match.would_receive.length === 0)
    return (
      <p>
        <strong>Nobody</strong> would get it.
      </p>
    );
  return (
    <ul className="recipients">
      {match.would_receive.map(({ webhook_id, name }) => (
        <li key={webhook_id}>
          <a href={`/console/webhooks/${webhook_id}`}>{name}</a>
        </li>
      ))}
    </ul>
  );
}

function WouldNot({ match }: { readonly match: Match }) {
  if (match.would_not.length === 0) return null;
  return (
    <details>
      <summary>{count(match.would_not_total)} would not get it</summary>
      <ul className="recipients">
        {match.would_not.map(({ webhook_id, name, reason }) => (
          <li key={webhook_id}>
            <a href={`/console/webhooks/${webhook_id}`}>{name}</a>{' '}
            <span className="quiet">{REASONS[reason] ?? reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Who would get an event, and who not and why. Nothing is written by asking. */
export function Recipients({ event, project }: { readonly event: string; readonly project: string }) {
  const match = useMatch(event, project);
  if (event === '') return <p className="quiet">Choose an event first.</p>;
  return (
    <Loaded of={match} what="who would get it">
      {(found) => (
        <>
          <Would match={found} />
          <WouldNot match={found} />
        </>
      )}
    </Loaded>
  );
}

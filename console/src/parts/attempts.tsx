import { get } from '../api/call.js';
import type { Attempt, AttemptList } from '../api/types.js';
import { useQuery } from '../api/use-query.js';
import { took } from '../lib/format-time.js';
import { count } from '../lib/words.js';
import { Loaded } from './states.js';
import { Mark } from './status.js';
import { Time } from './time.js';

export const useAttempts = (id: string) =>
  useQuery({
    key: ['attempts', id],
    read: (signal) => get<AttemptList>(`/webhooks/deliveries/${encodeURIComponent(id)}/attempts`, signal),
  });

function AttemptItem({ attempt }: { readonly attempt: Attempt }) {
  const { number, started_at, duration_ms, response_code, response_body, error_message } = attempt;
  const isGood = error_message === null;
  const word = response_code === null ? (error_message ?? 'No answer') : `HTTP ${response_code}`;
  return (
    <li className="attempt">
      <div className="attempt-head">
        <span className="attempt-number">{number}</span>
        <Mark shape={isGood ? 'check' : 'cross'} tone={isGood ? 'good' : 'bad'} word={word} />
        <Time at={started_at} />
        <span className="quiet">took {took(duration_ms)}</span>
      </div>
      {response_body !== null && response_body !== '' && (
        <pre tabIndex={0} role="region" aria-label={`The answer to attempt ${number}`}>
          {response_body}
        </pre>
      )}
    </li>
  );
}

/** Every request that was made, the newest last, each with what came back. */
export function Attempts({ id }: { readonly id: string }) {
  const list = useAttempts(id);
  return (
    <Loaded of={list} what="attempts">
      {({ attempts, total }) =>
        attempts.length === 0 ? (
          <p className="quiet">Nothing was sent yet.</p>
        ) : (
          <>
            {total > attempts.length && (
              <p className="quiet">
                The newest {count(attempts.length)} of {count(total)}.
              </p>
            )}
            <ol className="attempts">
              {attempts.map((attempt) => (
                <AttemptItem key={attempt.number} attempt={attempt} />
              ))}
            </ol>
          </>
        )
      }
    </Loaded>
  );
}

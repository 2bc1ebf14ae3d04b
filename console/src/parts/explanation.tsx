import { explainFailure } from '../../../src/common/explain-failure.js';
import type { Delivery, Webhook } from '../api/types.js';
import { useInfo } from '../api/queries.js';
import { useTimeInFull } from './time.js';

interface Props {
  readonly delivery: Delivery;
  readonly webhook: Webhook | undefined;
}

function next({ status, next_retry_at }: Delivery, time: (at: string) => string): string | null {
  if (status !== 'retrying') return null;
  return next_retry_at === null ? 'It is tried again.' : `It is tried again at ${time(next_retry_at)}.`;
}

/** Why a delivery did not arrive, and what to do: the first that one sees of it. */
export function Explanation({ delivery, webhook }: Props) {
  const info = useInfo();
  const time = useTimeInFull();
  const found = explainFailure(delivery, {
    circuit: webhook?.circuit,
    locked: webhook?.locked,
    timeoutSeconds: info.data?.limits.delivery_timeout_seconds,
  });
  const tone = delivery.status === 'failed' ? 'bad' : delivery.status === 'retrying' ? 'warn' : 'calm';
  if (!found) return <p className="note good">The receiver took it: HTTP {delivery.response_code}.</p>;
  return (
    <div className={`note ${tone}`}>
      <p>
        <strong>{found.says}</strong> {next(delivery, time)}
      </p>
      {found.advice !== null && <p>{found.advice}</p>}
    </div>
  );
}

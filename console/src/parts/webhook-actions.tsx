import { useState } from 'preact/hooks';
import { send } from '../api/call.js';
import type { Delivery, Webhook } from '../api/types.js';
import { queries } from '../api/use-query.js';
import { announce, useAnnounced } from './announce.js';
import { Attempts } from './attempts.js';
import { Confirm } from './dialog.js';
import { Explanation } from './explanation.js';
import { Recover } from './recover.js';
import { refusal } from './refusal.js';
import { Rotate } from './rotate.js';

export type Tested = Delivery | Error | 'busy' | undefined;

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

function words(tested: Tested): string | undefined {
  if (tested === undefined) return undefined;
  if (tested === 'busy') return 'The test is being sent …';
  if (tested instanceof Error) return refusal(tested);
  return tested.status === 'success' ? 'The test arrived.' : 'The test did not arrive.';
}

/** The answer to a test, where the button is. */
export function TestResult({ tested, webhook }: { readonly tested: Tested; readonly webhook: Webhook }) {
  const says = words(tested);
  useAnnounced(says);
  if (tested === undefined) return null;
  if (tested === 'busy') return <p className="note calm">{says}</p>;
  if (tested instanceof Error) return <p className="note bad">{says}</p>;
  return (
    <div className="test-result">
      <p>
        <strong>{says}</strong> <a href={`/console/deliveries/${tested.id}`}>See the delivery</a>
      </p>
      <Explanation delivery={tested} webhook={webhook} />
      <Attempts id={tested.id} />
    </div>
  );
}

interface PauseProps {
  readonly webhook: Webhook;
  readonly onProblem: (error: Error) => void;
}

function Pause({ webhook, onProblem }: PauseProps) {
  const [isAsked, setAsked] = useState(false);
  const change = (): void => {
    send<Webhook>('PATCH', `/webhooks/${webhook.id}`, { active: !webhook.active }).then(
      (changed) => {
        queries.setQueryData(['webhook', webhook.id], changed);
        void queries.invalidateQueries({ queryKey: ['webhooks'] });
        announce(changed.active ? 'Activated' : 'Paused');
      },
      (error: unknown) => onProblem(asError(error)),
    );
    setAsked(false);
  };
  // One button, whatever it does now: the focus stays on it.
  return (
    <>
      <button type="button" className="button" onClick={() => (webhook.active ? setAsked(true) : change())}>
        {webhook.active ? 'Pause' : 'Activate'}
      </button>
      {isAsked && (
        <Confirm
          title={`Pause ${webhook.name}?`}
          action="Pause"
          onConfirm={change}
          onClose={() => setAsked(false)}
        >
          <p>It gets no events until it is activated again. What waits for it now ends as failed.</p>
        </Confirm>
      )}
    </>
  );
}

interface Props {
  readonly webhook: Webhook;
  readonly tested: Tested;
  readonly onTested: (tested: Tested) => void;
}

export function WebhookActions({ webhook, tested, onTested }: Props) {
  const test = (): void => {
    if (tested === 'busy') return;
    onTested('busy');
    send<Delivery>('POST', `/webhooks/${webhook.id}/test`).then(onTested, (error: unknown) =>
      onTested(asError(error)),
    );
  };
  return (
    <>
      <button type="button" className="button primary" aria-disabled={tested === 'busy'} onClick={test}>
        Send a test
      </button>
      <Pause webhook={webhook} onProblem={onTested} />
      <Rotate webhook={webhook} />
      <Recover webhook={webhook} />
      <a className="button" href={`/console/webhooks/${webhook.id}/settings`}>
        Settings
      </a>
    </>
  );
}

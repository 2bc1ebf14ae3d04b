import type { ComponentChildren } from 'preact';
import { useMayChange } from '../api/access.js';
import type { Stats, Webhook } from '../api/types.js';
import { Mark } from './status.js';

interface StepProps {
  readonly title: string;
  readonly done: boolean;
  readonly current: boolean;
  readonly children: ComponentChildren;
}

function Step({ title, done, current, children }: StepProps) {
  return (
    <li className={current ? 'first-step current' : 'first-step'} aria-current={current ? 'step' : undefined}>
      <h3>
        {title} {done && <Mark shape="check" tone="good" word="Done" />}
      </h3>
      {children}
    </li>
  );
}

interface Props {
  readonly stats: Stats;
  readonly webhooks: readonly Webhook[];
}

/** From nothing to the first delivery that arrived. */
export function FirstSteps({ stats, webhooks }: Props) {
  const mayChange = useMayChange();
  const [webhook] = webhooks;
  const isSent = stats.pending_deliveries > 0;
  const page = webhook ? `/console/webhooks/${webhook.id}` : '/console/webhooks';
  return (
    <section className="section first-steps">
      <h2>Three steps to the first delivery</h2>
      <ol>
        <Step title="Create a webhook" done={webhook !== undefined} current={!webhook}>
          <p>
            An address that is to hear of events. No receiver at hand?{' '}
            <code>bin/basset-webhooks receive</code> starts one that shows what it gets; for one on this
            machine the service must be started with <code>ALLOWED_NETWORKS=127.0.0.0/8</code>.
          </p>
          {!webhook && mayChange && (
            <a className="button primary" href="/console/webhooks/new">
              Create a webhook
            </a>
          )}
        </Step>
        <Step title="Send a test" done={isSent} current={webhook !== undefined && !isSent}>
          <p>One attempt, at once. The answer stands on the page of the webhook.</p>
          {webhook && !isSent && (
            <a className="button primary" href={page}>
              Go to {webhook.name}
            </a>
          )}
        </Step>
        <Step title="See it arrive" done={false} current={isSent}>
          <p>If it does not, the delivery says why, and what to do about it.</p>
          {isSent && (
            <a className="button primary" href="/console/deliveries">
              See the deliveries
            </a>
          )}
        </Step>
      </ol>
    </section>
  );
}

import { useRoute } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { useActivity } from '../api/activity.js';
import { useMayChange } from '../api/access.js';
import { isGone } from '../api/not-refreshed.js';
import { readDeliveries, useInfo, useWebhook } from '../api/queries.js';
import type { Webhook } from '../api/types.js';
import { useQuery } from '../api/use-query.js';
import { conditionOf, describeState } from '../lib/webhook-state.js';
import { count } from '../lib/words.js';
import { useRefresh } from '../live/use-refresh.js';
import { useAnnounced } from '../parts/announce.js';
import { Bars } from '../parts/bars.js';
import { StillDeliveryTable } from '../parts/delivery-table.js';
import { Facts } from '../parts/facts.js';
import { Page, Section } from '../parts/page.js';
import { Empty, Loaded } from '../parts/states.js';
import { WebhookStatus } from '../parts/status.js';
import { Time, useTimeInFull } from '../parts/time.js';
import { TestResult, WebhookActions, type Tested } from '../parts/webhook-actions.js';

const TONES = {
  active: 'good',
  failing: 'warn',
  held: 'bad',
  locked: 'warn',
  disabled: 'bad',
  paused: 'calm',
} as const;

function State({ webhook }: { readonly webhook: Webhook }) {
  const limits = useInfo().data?.limits;
  const time = useTimeInFull();
  const mayChange = useMayChange();
  return (
    <div className={`note ${TONES[conditionOf(webhook)]}`}>
      <p>{describeState(webhook, limits, time)}</p>
      {webhook.missed_since !== null && (
        <p>
          Deliveries were lost since <Time at={webhook.missed_since} relative />.
          {mayChange && ' Recover sends them again.'}
        </p>
      )}
      {webhook.warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
    </div>
  );
}

function retries({ retry_config }: Webhook): string {
  const { max_retries, initial_delay, max_delay, backoff_multiplier } = retry_config;
  if (max_retries === 0) return 'none';
  return `${max_retries}, after ${initial_delay} s × ${backoff_multiplier} each time, at most ${max_delay} s`;
}

function What({ webhook }: { readonly webhook: Webhook }) {
  return (
    <Facts
      of={[
        ['URL', <span className="breaks">{webhook.url}</span>],
        ['Events', <span className="code breaks">{webhook.events.join(', ')}</span>],
        ['Project', webhook.project_id ?? 'all (global)'],
        ['Format', webhook.format],
        ['Signed', webhook.has_secret ? 'yes' : 'no'],
        ['Retries', retries(webhook)],
        [
          'Arrived ever / failed as of now',
          `${count(webhook.success_count)} / ${count(webhook.failure_count)}`,
        ],
        ['Created', <Time at={webhook.created_at} />],
        ['Id', <span className="code breaks">{webhook.id}</span>],
      ]}
    />
  );
}

function Deliveries({ id }: { readonly id: string }) {
  const list = useQuery({
    key: ['webhook-deliveries', id],
    read: (signal) => readDeliveries({ webhook_id: id, limit: 20 }, signal),
  });
  return (
    <Section
      title="Its last deliveries"
      aside={<a href={`/console/deliveries?webhook_id=${id}`}>All of them</a>}
    >
      <Loaded of={list} what="its deliveries">
        {({ deliveries }) =>
          deliveries.length === 0 ? (
            <Empty title="Nothing was sent to it yet">
              <p>Send a test to see whether it answers.</p>
            </Empty>
          ) : (
            <StillDeliveryTable rows={deliveries} label="Its last deliveries" />
          )
        }
      </Loaded>
    </Section>
  );
}

function Activity({ id }: { readonly id: string }) {
  const activity = useActivity(72, id);
  return (
    <Section title="Activity">
      <Loaded of={activity} what="activity">
        {(buckets) => <Bars buckets={buckets} over="the last 3 days" />}
      </Loaded>
    </Section>
  );
}

interface ContentProps {
  readonly webhook: Webhook;
  /** Somebody deleted it while it was on the screen. */
  readonly isDeleted: boolean;
}

const DELETED = 'This webhook was deleted.';

function Content({ webhook, isDeleted }: ContentProps) {
  const mayChange = useMayChange() && !isDeleted;
  const [tested, setTested] = useState<Tested>();
  useAnnounced(isDeleted ? DELETED : undefined);
  return (
    <Page
      title={webhook.name}
      within={<a href="/console/webhooks">Webhooks</a>}
      aside={!isDeleted && <WebhookStatus webhook={webhook} />}
      actions={mayChange && <WebhookActions {...{ webhook, tested }} onTested={setTested} />}
    >
      {webhook.description && <p className="breaks">{webhook.description}</p>}
      {isDeleted ? <p className="note bad">{DELETED}</p> : <State webhook={webhook} />}
      <TestResult tested={tested} webhook={webhook} />
      <What webhook={webhook} />
      <Activity id={webhook.id} />
      <Deliveries id={webhook.id} />
    </Page>
  );
}

export function WebhookPage() {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const webhook = useWebhook(id);
  useRefresh(
    [
      ['webhook', id],
      ['webhook-deliveries', id],
      ['activity', 72, id],
    ],
    (news) => (news.kind === 'delivery' ? news.delivery.webhook_id === id : true),
  );
  if (webhook.data) return <Content webhook={webhook.data} isDeleted={isGone(webhook.error)} key={id} />;
  return (
    <Page title="Webhook" within={<a href="/console/webhooks">Webhooks</a>}>
      <Loaded of={webhook} what="the webhook">
        {() => null}
      </Loaded>
    </Page>
  );
}

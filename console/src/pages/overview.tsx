import { useActivity } from '../api/activity.js';
import { readDeliveries, useInfo, useStats, useWebhooks } from '../api/queries.js';
import type { Stats, Webhook } from '../api/types.js';
import { useQuery } from '../api/use-query.js';
import { isCalmStart, isNew } from '../lib/first-start.js';
import { roughly } from '../lib/format-time.js';
import { holdPlaces } from '../lib/hold-places.js';
import { byUrgency, describeState, needsAttention } from '../lib/webhook-state.js';
import { count, counted } from '../lib/words.js';
import { useRefresh } from '../live/use-refresh.js';
import { useStill } from '../live/use-still.js';
import { Bars } from '../parts/bars.js';
import { StillDeliveryTable } from '../parts/delivery-table.js';
import { Facts } from '../parts/facts.js';
import { FirstSteps } from '../parts/first-steps.js';
import { Page, Section } from '../parts/page.js';
import { Recover } from '../parts/recover.js';
import { Loaded } from '../parts/states.js';
import { WebhookStatus } from '../parts/status.js';
import { Time, useNow, useTimeInFull } from '../parts/time.js';
import { useWebhookNames } from '../parts/webhook-names.js';

function AttentionItem({ webhook }: { readonly webhook: Webhook }) {
  const limits = useInfo().data?.limits;
  const time = useTimeInFull();
  return (
    <li className="attention">
      <div className="attention-head">
        <WebhookStatus webhook={webhook} />
        <a className="attention-name" href={`/console/webhooks/${webhook.id}`}>
          {webhook.name}
        </a>
      </div>
      <p className="attention-says">{describeState(webhook, limits, time)}</p>
      {webhook.missed_since !== null && (
        <div className="attention-head attention-missed">
          <p>
            Deliveries were lost since <Time at={webhook.missed_since} relative />.
          </p>
          <Recover webhook={webhook} />
        </div>
      )}
    </li>
  );
}

/** More of them would hide the rest of the page; the list of webhooks begins with all of them. */
const SHOWN = 5;

function Attention({ webhooks }: { readonly webhooks: readonly Webhook[] }) {
  const still = useStill(webhooks.filter(needsAttention).sort(byUrgency));
  const those = holdPlaces(still.rows, webhooks);
  if (those.length === 0) return <p className="note good">Nothing needs your attention.</p>;
  return (
    <>
      <ul className="attention-list" {...still.place}>
        {those.slice(0, SHOWN).map((webhook) => (
          <AttentionItem key={webhook.id} webhook={webhook} />
        ))}
      </ul>
      {those.length > SHOWN && (
        <p>
          <a href="/console/webhooks?state=attention">{`All ${count(those.length)} that need attention`}</a>
        </p>
      )}
    </>
  );
}

function Figure({
  value,
  label,
  note,
}: {
  readonly value: string;
  readonly label: string;
  readonly note: string;
}) {
  return (
    <div className="figure">
      <dt>{label}</dt>
      <dd className="figure-value">{value}</dd>
      <dd className="quiet">{note}</dd>
    </div>
  );
}

function oldest(stats: Stats, now: number): string {
  if (stats.oldest_due_at === null) return 'nothing is overdue';
  return `the oldest is due since ${roughly(now - Date.parse(stats.oldest_due_at))}`;
}

function Figures({ stats }: { readonly stats: Stats }) {
  const now = useNow();
  const done = stats.successful_deliveries + stats.failed_deliveries;
  const share = done === 0 ? '–' : `${((100 * stats.successful_deliveries) / done).toFixed(1)}\u00a0%`;
  return (
    <dl className="figures">
      <Figure value={count(stats.pending_deliveries)} label="Waiting now" note={oldest(stats, now)} />
      <Figure
        value={share}
        label="Arrived"
        note={`of ${counted(done, 'delivery', 'deliveries')} that ended, ever`}
      />
      <Figure value={count(stats.failed_deliveries)} label="Failed" note="as of now; a retry takes one out" />
      <Figure value={count(stats.total_events)} label="Events" note="accepted, ever" />
      <Figure
        value={count(stats.active_webhooks)}
        label="Webhooks"
        note={`active, of ${count(stats.total_webhooks)}`}
      />
    </dl>
  );
}

function LastFailures() {
  const names = useWebhookNames();
  const list = useQuery({
    key: ['last-failures'],
    read: (signal) => readDeliveries({ status: 'failed', limit: 10 }, signal),
  });
  return (
    <Section title="Last failures" aside={<a href="/console/deliveries?status=failed">All of them</a>}>
      <Loaded of={list} what="the last failures">
        {({ deliveries }) =>
          deliveries.length === 0 ? (
            <p className="quiet">No delivery has failed.</p>
          ) : (
            <StillDeliveryTable rows={deliveries} webhooks={names} label="The last ten failed deliveries" />
          )
        }
      </Loaded>
    </Section>
  );
}

/** Whether what is written into the graph becomes events, which somebody wants to know who misses one. */
const CAPTURE_WORDS = {
  active: 'become events',
  inactive: 'are not captured: nothing in Neo4j tells of them',
  off: 'are not captured: CAPTURE=off',
} as const;

function About() {
  const info = useInfo();
  return (
    <Section title="This service">
      <Loaded of={info} what="versions">
        {({ version, node, neo4j, capture, instances }) => (
          <Facts
            of={[
              ['Version', version],
              ['Node.js', node],
              ['Neo4j', `${neo4j.version} ${neo4j.edition}${neo4j.embedded ? ', embedded' : ''}`],
              ['Changes of the graph', CAPTURE_WORDS[capture.state]],
              [
                counted(instances.length, 'instance'),
                instances.map(({ host, started_at }) => (
                  <div key={host + started_at}>
                    {host}, since <Time at={started_at} />
                  </div>
                )),
              ],
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}

function Activity() {
  const activity = useActivity(24);
  return (
    <Section title="Activity">
      <Loaded of={activity} what="activity">
        {(buckets) => <Bars buckets={buckets} over="the last 24 hours" />}
      </Loaded>
    </Section>
  );
}

export function Overview() {
  const stats = useStats();
  const webhooks = useWebhooks();
  useRefresh([['stats'], ['webhooks'], ['activity'], ['last-failures']], () => true, true);
  const isFirstStart = stats.data !== undefined && isNew(stats.data);
  const isCalm = stats.data !== undefined && isCalmStart(stats.data, webhooks.data?.webhooks ?? []);
  return (
    <Page title="Overview">
      {isFirstStart && <FirstSteps stats={stats.data} webhooks={webhooks.data?.webhooks ?? []} />}
      {!isCalm && (
        <Section title="Needs attention">
          <Loaded of={webhooks} what="webhooks">
            {(list) => <Attention webhooks={list.webhooks} />}
          </Loaded>
        </Section>
      )}
      <Loaded of={stats} what="figures">
        {(data) => <Figures stats={data} />}
      </Loaded>
      {!isFirstStart && <Activity />}
      {!isFirstStart && <LastFailures />}
      <About />
    </Page>
  );
}

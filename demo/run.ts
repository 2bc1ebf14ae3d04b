/**
 * `npm run demo`: a small investigation tells four receivers, two chats and a SIEM about all 20 events; the eleven of the graph come from what is written into it. Exit status 0 = all accounted for.
 * `npm run demo -- --stay` goes on running then, with the console on what it made.
 */
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EVENT_TYPES } from '../src/index.js';
import { EmbeddedNeo4j } from '../src/neo4j/embedded/embedded-neo4j.js';
import { account, untilFinished, type Account } from './accounts.js';
import { Channels } from './channels.js';
import { emitOthers, investigate, openCase, type Emission } from './emissions.js';
import { embed } from './embedding.js';
import { Investigation, PROJECT } from './investigation.js';
import { DemoReceiver, type Character } from './receiver.js';
import { bold, dim, green, line, red, showArrival, step, table } from './screen.js';
import { DemoService } from './service.js';

const CAPTURE_JAR = fileURLToPath(new URL('../capture-plugin/basset-capture.jar', import.meta.url));
const cleanUp: (() => Promise<unknown>)[] = [];
const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`;

/** A receiver, and how its webhook is created. */
interface Subscription extends Character {
  readonly events: readonly string[];
  readonly project_id?: string;
}

const SUBSCRIPTIONS: readonly Subscription[] = [
  { name: 'Audit log', secret: newSecret(), events: ['*'] },
  { name: 'Dashboard', events: ['entity.*', 'relationship.*', 'system.health'] },
  { name: 'Case partner', secret: newSecret(), events: ['*'], project_id: PROJECT.id },
  { name: 'Weak archive', secret: newSecret(), events: ['orphan.*', 'report.*', 'import.*'], failures: 2 },
];

async function startNeo4j() {
  const dataDir = await mkdtemp(join(tmpdir(), 'basset-hound-demo-'));
  cleanUp.push(() => rm(dataDir, { recursive: true, force: true }));
  const log = (message: string): void => line(dim(message));
  const neo4j = await EmbeddedNeo4j.start({ dataDir, log, plugins: [CAPTURE_JAR] });
  cleanUp.push(() => neo4j.stop());
  return neo4j.connection;
}

async function subscribe(service: DemoService, subscription: Subscription) {
  const { name, secret, events, project_id } = subscription;
  const receiver = new DemoReceiver(subscription, showArrival);
  await receiver.listen();
  cleanUp.push(() => receiver.close());
  const retry_config = { max_retries: 5, initial_delay: 0.2, max_delay: 1 };
  const { id } = await service.post<{ id: string }>('/webhooks', {
    ...{ name, url: receiver.url, secret, events, project_id, retry_config },
  });
  const what = `${secret === undefined ? 'unsigned' : 'signed'}, ${project_id ? PROJECT.name : 'all projects'}`;
  line(`${name.padEnd(14)} ${events.join(' ')}  ${dim(what)}`);
  return { id, receiver };
}

async function subscribeAll(service: DemoService) {
  step('Four webhooks');
  const webhooks = [];
  for (const subscription of SUBSCRIPTIONS) webhooks.push(await subscribe(service, subscription));
  return webhooks;
}

function showEmission({ event, way, deliveryIds }: Emission): void {
  line(
    `${bold(event.padEnd(22))} through ${way.padEnd(9)} → deliveries on disk: ${String(deliveryIds.length)}`,
  );
}

function showAccounts(accounts: readonly Account[]): void {
  const heading = ['receiver', 'promised', 'requests', 'verified', 'retried', 'logged', ''];
  const rows = accounts.map(({ receiver, promised, requests, verified, retried, logged, isComplete }) => [
    ...[receiver, promised, requests, verified, retried, logged, isComplete ? 'complete' : 'NOT COMPLETE'],
  ]);
  table([heading, ...rows]);
}

async function openChannels(service: DemoService): Promise<Channels> {
  step('Two chats and a SIEM, which take no other words than their own');
  const channels = await Channels.open(service);
  cleanUp.push(() => channels.close());
  return channels;
}

/** The webhooks that deliveries belong to. */
async function ownersOf(service: DemoService, deliveryIds: readonly string[]): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  for (const id of deliveryIds) {
    const { webhook_id } = await service.get<{ webhook_id: string }>(`/webhooks/deliveries/${id}`);
    owners.set(id, webhook_id);
  }
  return owners;
}

/** Resolves when somebody presses Ctrl-C. */
async function stay({ origin }: DemoService): Promise<void> {
  step('The console');
  line(`${origin}/console/`);
  line(dim('Ctrl-C ends the demo and removes what it made.'));
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

function hasAllTypes(emissions: readonly Emission[]): boolean {
  const types = new Set(emissions.map(({ event }) => event));
  line(`${String(types.size)} of ${String(EVENT_TYPES.length)} types of events`);
  return types.size === EVENT_TYPES.length;
}

async function demo(): Promise<boolean> {
  step('A Neo4j of its own, with the capture plugin and a project');
  const connection = await startNeo4j();
  const graph = new Investigation(connection);
  cleanUp.push(() => graph.close());
  await openCase(graph);
  line(PROJECT.name);

  step('The service over REST, and the modules inside another Nest application');
  const secretsKey = randomBytes(32).toString('base64');
  const service = await DemoService.start(connection, secretsKey);
  cleanUp.push(() => service.stop());
  line(`${service.origin}/api/v1`);
  const embedding = await embed(connection, secretsKey);
  cleanUp.push(() => embedding.close());

  // The event of the project itself goes to nobody: no webhook may come before it.
  await graph.told('');
  const webhooks = await subscribeAll(service);
  const channels = await openChannels(service);

  step('An investigation, written with plain Cypher: its events come from the graph');
  const captured = await investigate(graph, showEmission);

  step('The other events');
  const others = await emitOthers(service, embedding.webhooks, showEmission);
  const emissions = [...captured, ...others];
  const promised = emissions.flatMap(({ deliveryIds }) => deliveryIds);
  const log = await untilFinished(graph, promised);

  step('Every delivery, by receiver');
  const owners = await ownersOf(service, promised);
  const accounts = webhooks.map(({ id, receiver }) => {
    const own = promised.filter((deliveryId) => owners.get(deliveryId) === id);
    return account(receiver, own, log);
  });
  showAccounts(accounts);
  const told = channels.account(owners, log);
  const crossing = await graph.crossingEdges();
  line(dim(`${String(crossing)} edges between webhooks and people, orphans or files`));
  const total = accounts.reduce((sum, each) => sum + each.promised, told.promised);
  if (process.argv.includes('--stay')) await stay(service);
  const isWhole = hasAllTypes(emissions) && total === promised.length;
  return isWhole && [...accounts, told].every(({ isComplete }) => isComplete) && crossing === 0;
}

async function main(): Promise<void> {
  const isComplete = await demo().finally(async () => {
    for (const undo of cleanUp.reverse()) await undo().catch((error: unknown) => line(red(String(error))));
  });
  console.log(isComplete ? green('\nEvery delivery is accounted for.') : red('\nDeliveries are missing.'));
  process.exitCode = isComplete ? 0 : 1;
}

await main();

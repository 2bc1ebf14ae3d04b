import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import { Clock } from '../../src/common/clock.js';
import { DEFAULT_OPTIONS } from '../../src/config/resolve-options.js';
import { WEBHOOKS_OPTIONS } from '../../src/config/service-options.js';
import { DEFAULT_RETRY_CONFIG, type AttemptResult } from '../../src/delivery/model/delivery.js';
import { DestinationGuard } from '../../src/delivery/sending/destination-guard.js';
import { NAME_LOOKUP, type NameLookup } from '../../src/delivery/sending/name-lookup.js';
import { SecretCipher } from '../../src/delivery/sending/secret-cipher.js';
import { Sender } from '../../src/delivery/sending/sender.js';
import { SendingModule } from '../../src/delivery/sending/sending.module.js';
import type { OutboundAttempt, Endpoint } from '../../src/delivery/model/endpoint.js';
import { ShiftedClock } from './clock.js';
import { RawReceiver, type RawAnswer } from './raw-receiver.js';
import { Receiver, type Script } from './receiver.js';

const secretsKeys = [{ id: 'k', key: Buffer.alloc(32) }];

const started: { close(): Promise<void> }[] = [];

/** Closes all that the functions below have started, the last one first. */
export async function closeAll(): Promise<void> {
  for (const one of started.splice(0).reverse()) await one.close();
}

export interface Setting {
  readonly clock?: Clock;
  readonly deliveryTimeoutSeconds?: number;
  readonly allowedNetworks?: readonly string[];
  readonly deniedNetworks?: readonly string[];
  /** Takes the loopback for the Internet: what goes wrong there is told in detail. */
  readonly loopbackIsPublic?: boolean;
  readonly tlsCaFile?: string;
  /** How names become addresses. */
  readonly lookup?: NameLookup;
}

/** The real sender in its module, allowed to call 127.0.0.1. */
export async function sender({
  clock = new ShiftedClock(),
  lookup,
  loopbackIsPublic = false,
  ...given
}: Setting = {}): Promise<Sender> {
  const options = { ...DEFAULT_OPTIONS, secretsKeys, allowedNetworks: ['127.0.0.0/8'], ...given };
  const provided = [
    { provide: WEBHOOKS_OPTIONS, useValue: options },
    { provide: Clock, useValue: clock },
  ];
  @Global()
  @Module({ providers: provided, exports: [WEBHOOKS_OPTIONS, Clock] })
  class Settings {}
  const builder = Test.createTestingModule({ imports: [Settings, SendingModule] });
  if (lookup) builder.overrideProvider(NAME_LOOKUP).useValue(lookup);
  const module = await builder.compile();
  await module.init();
  started.push(module);
  if (loopbackIsPublic) {
    const { policy } = module.get(DestinationGuard, { strict: false });
    policy.isPublic = (text) => policy.isAllowed(text);
  }
  return module.get(Sender, { strict: false });
}

export async function receive(script: Script = []): Promise<Receiver> {
  const receiver = await Receiver.start(script);
  started.push(receiver);
  return receiver;
}

export async function receiveRaw(
  answer: RawAnswer,
  { tls = false }: { readonly tls?: boolean } = {},
): Promise<RawReceiver> {
  const receiver = await (tls ? RawReceiver.startTls(answer) : RawReceiver.start(answer));
  started.push(receiver);
  return receiver;
}

/** A webhook's settings, with its credentials in the clear. */
export type GivenEndpoint = Omit<Partial<Endpoint>, 'secrets' | 'headers'> & {
  readonly secrets?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
};

export function attempt(
  url: string,
  { secrets = [], headers, ...endpoint }: GivenEndpoint = {},
): OutboundAttempt {
  const cipher = new SecretCipher({ ...DEFAULT_OPTIONS, secretsKeys });
  return {
    deliveryId: 'delivery-1',
    eventId: 'event-1',
    event: 'entity.created',
    body: Buffer.from('{"name":"Jöhn 😀"}'),
    attempt: 2,
    traceparent: null,
    endpoint: {
      webhookId: 'webhook-1',
      url,
      destination: new URL(url).origin,
      active: true,
      generation: 0,
      projectId: null,
      projectAliases: [],
      events: ['*'],
      secrets: secrets.map((secret) => ({ sealed: cipher.encrypt(secret), until: Infinity })),
      headers: headers ? cipher.encrypt(JSON.stringify(headers)) : null,
      locked: false,
      name: 'Hook',
      filter: null,
      rendering: null,
      formatSecrets: null,
      identity: null,
      pace: null,
      retry: DEFAULT_RETRY_CONFIG,
      ...endpoint,
    },
  };
}

export const send = async (url: string, setting?: Setting): Promise<AttemptResult> =>
  firstValueFrom((await sender(setting)).send(attempt(url)));

/** Deadlines of an attempt, seconds: what must be there by then takes longer on a busy machine. */
const LONGER_AND_LONGER = [0.25, 1, 4, 16];

/** The first result that came in time, of attempts with longer and longer deadlines; each begins anew. */
export async function inTime(
  tryWithin: (deliveryTimeoutSeconds: number) => Promise<AttemptResult>,
  cameInTime: (result: AttemptResult) => boolean,
): Promise<AttemptResult> {
  for (const seconds of LONGER_AND_LONGER) {
    const result = await tryWithin(seconds);
    if (cameInTime(result) || seconds === LONGER_AND_LONGER.at(-1)) return result;
  }
  throw new Error('There was no attempt');
}

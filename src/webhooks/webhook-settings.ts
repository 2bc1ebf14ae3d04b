import { flag, real, realOrNull, text, textList, textOrNull, type Row } from '../neo4j/row.js';
import { CreateWebhookDto } from './dto/create-webhook.dto.js';
import { settingsOf, type Setting } from './dto/setting.js';
import type { Webhook, WebhookSettings } from './webhook.js';

/** All settings, as the class of new webhooks declares them. */
export const SETTINGS = settingsOf(CreateWebhookDto);

/** Those that are kept in the graph as they are, under their names in REST. */
const STORED = SETTINGS.filter(({ stored }) => stored !== undefined);

/** For the statements that read a webhook. */
export const STORED_FIELDS = STORED.map(({ field }) => `.${field}`).join(', ');

const READERS: Readonly<Record<NonNullable<Setting['stored']>, (row: Row, key: string) => unknown>> = {
  text,
  'text or null': textOrNull,
  number: real,
  'number or null': realOrNull,
  texts: textList,
  flag,
};

type Named = Readonly<Record<string, unknown>>;
/** What both speak of, under other names. */
type Stored = Pick<Webhook, keyof Webhook & keyof WebhookSettings>;

/** What `settings` says, by the names of REST and the graph; what is undefined is not said. */
function byField(settings: object, known: readonly Setting[]): Named {
  const said = new Map<string, unknown>(Object.entries(settings));
  const given = known.filter(({ property }) => said.get(property) !== undefined);
  return Object.fromEntries(given.map(({ field, property }) => [field, said.get(property)]));
}

/** Those that are kept as they are, by their names in REST and the graph. */
export function storedFields(settings: object): Named {
  return byField(settings, STORED);
}

/** All of them, by their names in REST. */
export function restFields(settings: object): Named {
  return byField(settings, SETTINGS);
}

/** What a record has of them. */
export function readStored(record: Row): Stored {
  const read = STORED.map(({ field, property, stored = 'text' }) => [
    property,
    READERS[stored](record, field),
  ]);
  return Object.fromEntries(read) as Stored;
}

/** What a body says, by the names of the domain; what is null or absent is not said. */
export function saidIn(body: object): Named {
  const given = new Map<string, unknown>(Object.entries(body));
  const said = SETTINGS.filter(({ field }) => given.get(field) != null);
  return Object.fromEntries(said.map(({ field, property }) => [property, given.get(field)]));
}

/** What a new webhook is where nothing is said of it: unsigned and global, and events go out as they are. */
export const UNSAID = Object.fromEntries(
  SETTINGS.flatMap(({ property, unsaid }) => (unsaid === undefined ? [] : [[property, unsaid]])),
) as Omit<WebhookSettings, 'name' | 'url' | 'events' | 'retry'>;

import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../common/domain-error.js';
import { DEFAULT_OPTIONS } from '../config/resolve-options.js';
import { EventCatalog } from '../events/event-catalog.js';
import { DestinationGuard } from '../delivery/sending/destination-guard.js';
import { CreateWebhookDto } from './dto/create-webhook.dto.js';
import { RecoverWebhookDto } from './dto/recover-webhook.dto.js';
import { RetryConfigDto } from './dto/retry-config.dto.js';
import { RotateSecretDto } from './dto/rotate-secret.dto.js';
import { UpdateWebhookDto } from './dto/update-webhook.dto.js';
import { WebhookBodyPipe } from './webhook-body.pipe.js';
import { WebhookRules } from './webhook-rules.js';

const rules = new WebhookRules(new EventCatalog(DEFAULT_OPTIONS), new DestinationGuard(DEFAULT_OPTIONS));
const pipe = new WebhookBodyPipe(rules);
const valid = { name: 'n', url: 'https://example.com/', events: ['entity.created'] };

async function errorOf(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DomainError)) throw new Error(`Expected a DomainError, got ${String(error)}`);
  return error;
}

const placesOf = ({ fields }: DomainError): string[] =>
  [...new Set(fields.map(({ loc }) => loc.join('.')))].sort();
const create = (body: unknown): Promise<CreateWebhookDto> => pipe.read(CreateWebhookDto, body);

describe('WebhookBodyPipe', () => {
  it('makes a DTO without unknown fields; what is left out of the retries has the defaults of the service', async () => {
    const dto = await create({ ...valid, retry_config: { max_retries: 0, more: 1 }, more: 1 });
    expect(dto).toBeInstanceOf(CreateWebhookDto);
    expect(dto.retry_config).toBeInstanceOf(RetryConfigDto);
    expect(JSON.parse(JSON.stringify(dto))).toEqual({ ...valid, retry_config: { max_retries: 0 } });
  });

  it('names types, bounds, meaning and destination at once', async () => {
    const headers = { Host: 'x' };
    const body = {
      url: 'http://10.0.0.1/',
      events: [1],
      active: 'yes',
      headers,
      retry_config: { max_retries: 11 },
    };
    const error = await errorOf(create(body));
    expect(error.kind).toBe('unprocessable');
    expect(placesOf(error)).toEqual([
      'body.active',
      'body.events',
      'body.events.0',
      'body.headers.Host',
      'body.name',
      'body.retry_config.max_retries',
      'body.url',
    ]);
  });

  it('says of a missing field what it must be, in one sentence, and which wrong name was given', async () => {
    const { fields, message } = await errorOf(create({ nmae: 'x', url: 5, events: ['*'] }));
    expect(fields.map(({ loc, type }) => [loc[1], type])).toEqual([
      ['name', 'missing'],
      ['url', 'is_string'],
    ]);
    expect(message).toBe(
      "name is required (a string of 1 to 100 characters); 'nmae' is not a field; url: url must be a string",
    );
  });

  it('says of each place what is wrong by one of its two checks, not by both', async () => {
    const { fields } = await errorOf(create({ ...valid, name: 'x'.repeat(101) }));
    expect(fields).toHaveLength(1);
  });

  it.each([
    ['active', 1],
    ['active', null],
    ['name', { constructor: 'x' }],
    ['secret', 5],
    ['secret', []],
    ['headers', []],
    ['headers', null],
    ['headers', 'x'],
    ['project_id', 7],
    ['retry_config', []],
    ['retry_config', 'x'],
    ['retry_config', 5],
    ['events', '*'],
  ])('refuses %s: %j and converts nothing', async (field, value) => {
    expect(placesOf(await errorOf(create({ ...valid, [field]: value })))).toContain(`body.${field}`);
  });

  it.each([null, [], 'x', 5, undefined])('refuses the body %j', async (body) => {
    expect(placesOf(await errorOf(create(body)))).toEqual(['body']);
  });

  it('bears members that look like those of a prototype', async () => {
    const text = JSON.stringify({ ...valid, headers: { constructor: '1', toString: '2' } });
    const body: unknown = JSON.parse(text.replace(/}$/, ',"__proto__":{"active":false},"constructor":{}}'));
    const dto = await create(body);
    expect(dto.headers).toEqual({ constructor: '1', toString: '2' });
    expect(dto.active).toBeUndefined();
  });

  it('leaves to the service what is 400', async () => {
    await expect(create({ ...valid, name: ' ', url: 'ftp://h', events: ['nope'] })).resolves.toBeDefined();
  });

  it('takes null for unchanged in an update, and checks the rest like a creation', async () => {
    await expect(
      pipe.read(UpdateWebhookDto, { name: null, headers: null, active: null }),
    ).resolves.toBeDefined();
    const error = await errorOf(pipe.read(UpdateWebhookDto, { name: '', headers: { Host: 'x' } }));
    expect(placesOf(error)).toEqual(['body.headers.Host', 'body.name']);
  });

  it('does not blame the caller for what is stored', async () => {
    const stored = { ...valid, url: 'http://10.0.0.1/' };
    await expect(pipe.read(CreateWebhookDto, stored, (field) => field === 'name')).resolves.toBeDefined();
  });
});

describe('WebhookRules.apply', () => {
  it('brings what is given into its stored form', () => {
    const given = {
      url: ' https://example.com/ ',
      events: ['*', 'entity.*', '*'],
      secret: '',
      projectId: '',
    };
    const stored = { url: 'https://example.com/', events: ['*', 'entity.*'], secret: null, projectId: null };
    expect(rules.apply(given)).toEqual(stored);
  });

  it.each([
    [{ name: ' \t' }, 'Webhook name is required'],
    [{ url: '  ' }, 'Webhook URL is required'],
    [{ url: 'ftp://example.com' }, 'Webhook URL must start with http:// or https://'],
    [{ events: ['entity.created', 'nope'] }, 'Invalid event type: nope'],
  ])('%j: %s', (given, message) => {
    expect(() => rules.apply(given)).toThrow(expect.objectContaining({ kind: 'invalid', message }));
  });

  it('says first which fields are bad', () => {
    const given = {
      name: ' ',
      events: ['nope'],
      headers: { Host: 'x' },
      retry: { ...retry, maxRetries: 11 },
    };
    const fields = [expect.anything(), expect.anything()];
    const expected = expect.objectContaining({ kind: 'unprocessable', fields });
    expect(() => rules.apply(given)).toThrow(expected);
  });

  const retry = { maxRetries: 0, initialDelay: 1, maxDelay: 1, backoffMultiplier: 1 };
});

describe('a body that may be left out', () => {
  const read = (metatype: new () => object, body: unknown): Promise<unknown> =>
    pipe.transform(body, { type: 'body', metatype });

  it('has no names that are none: what they say would be ignored', async () => {
    const leaked = await errorOf(read(RotateSecretDto, { grace_seconds: 0 }));
    expect(placesOf(leaked)).toEqual(['body.grace_seconds']);
    expect(leaked.message).toContain('it has secret, grace_period_seconds');
    const tried = await errorOf(read(RecoverWebhookDto, { dryRun: true, since: 'x' }));
    expect(placesOf(tried)).toEqual(['body.dryRun', 'body.since']);
  });

  it('is empty where there is none', async () => {
    expect(await read(RecoverWebhookDto, undefined)).toEqual(new RecoverWebhookDto());
    expect(await read(RotateSecretDto, { secret: null })).toMatchObject({ secret: null });
    expect(placesOf(await errorOf(read(RecoverWebhookDto, [])))).toEqual(['body']);
  });
});

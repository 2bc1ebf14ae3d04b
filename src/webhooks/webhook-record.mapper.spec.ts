import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../config/resolve-options.js';
import { DEFAULT_RETRY_CONFIG } from '../delivery/model/delivery.js';
import { SecretCipher } from '../delivery/sending/secret-cipher.js';
import { toProperties, toWebhook } from './webhook-record.mapper.js';

const cipher = new SecretCipher({ ...DEFAULT_OPTIONS, secretsKeys: [{ id: 'k', key: randomBytes(32) }] });
const NOW = '2026-01-01T00:00:00.000Z';
const settings = {
  name: 'n',
  url: 'https://example.com/',
  secret: 'planted-secret',
  events: ['*'],
  active: true,
  headers: { Authorization: 'planted-header' },
  projectId: 'p',
  retry: DEFAULT_RETRY_CONFIG,
};
const counters = {
  last_triggered_at: null,
  delivery_count: 0,
  success_count: 0,
  failure_count: 0,
  failing_since: NOW,
  consecutive_failures: 10,
};

describe('the record of a webhook', () => {
  it('holds secret and headers encrypted, and brings all but the secret back', () => {
    const properties = toProperties(settings, cipher, NOW);
    expect(JSON.stringify(properties)).not.toContain('planted');
    const record = { ...properties, ...counters, id: 'w', revision: 'r-1', created_at: NOW };
    const { secret: _, ...rest } = settings;
    expect(toWebhook(record, cipher, 10)).toMatchObject({
      ...rest,
      id: 'w',
      hasSecret: true,
      locked: false,
      failingSince: NOW,
      consecutiveFailures: 10,
      circuit: 'open',
      createdAt: NOW,
      updatedAt: NOW,
    });
    expect(JSON.stringify(toWebhook(record, cipher, 10))).not.toContain('planted-secret');
  });

  it('says only what changes', () => {
    expect(toProperties({}, cipher, NOW)).toEqual({ updated_at: NOW });
    const cleared = { secret: null, headers: {}, projectId: null, active: false };
    const noFormer = { previous_secret: null, previous_secret_until: null };
    const expected = { secret: null, ...noFormer, headers: null, project_id: null, active: false };
    expect(toProperties(cleared, cipher, NOW)).toEqual({ updated_at: NOW, ...expected });
  });

  it('forgets why it was switched off when it is switched on', () => {
    expect(toProperties({ active: true }, cipher, NOW)).toMatchObject({
      disabled_reason: null,
      disabled_at: null,
    });
  });

  it('is locked, but still shown, when no key opens its secret or its headers', () => {
    const other = new SecretCipher({
      ...DEFAULT_OPTIONS,
      secretsKeys: [{ id: 'k', key: randomBytes(32) }],
    });
    const record = {
      ...toProperties(settings, other, NOW),
      ...counters,
      id: 'w',
      revision: 'r-1',
      created_at: NOW,
    };
    const locked = { id: 'w', name: 'n', hasSecret: true, locked: true };
    expect(toWebhook(record, cipher, 10)).toMatchObject({ ...locked, headers: {} });
    expect(toWebhook({ ...record, headers: null }, cipher, 10)).toMatchObject(locked);
    expect(toWebhook({ ...record, secret: null }, cipher, 10)).toMatchObject({ ...locked, hasSecret: false });
  });

  it.each([
    [11, 'closed'],
    [0, 'closed'],
    [10, 'open'],
  ])('with a threshold of %d and ten failures its circuit is %s', (threshold, circuit) => {
    const properties = toProperties(settings, cipher, NOW);
    const record = { ...properties, ...counters, id: 'w', revision: 'r-1', created_at: NOW };
    expect(toWebhook(record, cipher, threshold).circuit).toBe(circuit);
  });

  it('says which property is not as it should be', () => {
    const spoiled = { id: 'w', revision: 'r', url: settings.url, events: ['*'] };
    expect(() =>
      toWebhook({ ...spoiled, headers: null, name: 5, consecutive_failures: 0 }, cipher, 10),
    ).toThrow("'name'");
  });

  it('holds the URL and the options of a format that are secret encrypted, and brings them back', () => {
    const url = 'https://chat.example/hooks/planted';
    const given = { ...settings, url, format: 'basset', formatOptions: { url_is_secret: true } };
    const properties = toProperties({ ...given, maxRequestsPerSecond: 0.5, endpoint: 'e' }, cipher, NOW);
    expect(JSON.stringify(properties)).not.toContain('planted');
    expect(properties).toMatchObject({ url: 'https://chat.example/hooks/***', format: null, endpoint: 'e' });
    const record = { ...properties, ...counters, id: 'w', revision: 'r-1', created_at: NOW };
    expect(toWebhook(record, cipher, 10)).toMatchObject({
      url: 'https://chat.example/hooks/***',
      trueUrl: url,
      format: 'basset',
      formatOptions: { url_is_secret: true },
      maxRequestsPerSecond: 0.5,
    });
    const other = new SecretCipher({
      ...DEFAULT_OPTIONS,
      secretsKeys: [{ id: 'k', key: randomBytes(32) }],
    });
    expect(toWebhook({ ...record, secret: null, headers: null }, other, 10)).toMatchObject({
      locked: true,
      trueUrl: null,
    });
  });
});

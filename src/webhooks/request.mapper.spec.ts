import { describe, expect, it } from '@jest/globals';
import { CreateWebhookDto } from './dto/create-webhook.dto.js';
import { RetryConfigDto } from './dto/retry-config.dto.js';
import { fromDocument, toChanges, toCreateWebhook } from './request.mapper.js';

const required = { name: 'n', url: 'https://example.com/', events: ['*'] };
const dto = (more: Partial<CreateWebhookDto> = {}): CreateWebhookDto =>
  Object.assign(new CreateWebhookDto(), required, more);

describe('toCreateWebhook', () => {
  it('fills in the defaults', () => {
    const defaults = { secret: null, generateSecret: false, active: true, headers: {}, projectId: null };
    const format = {
      description: null,
      format: 'basset',
      formatOptions: {},
      maxRequestsPerSecond: null,
      filter: null,
    };
    expect(toCreateWebhook(dto())).toEqual({ ...required, ...defaults, ...format });
  });
});

describe('toChanges (PUT)', () => {
  it('leaves out what is null or absent', () => {
    expect(toChanges({ name: null, active: null, headers: null, retry_config: null })).toEqual({});
  });

  it('keeps what only looks empty', () => {
    const given = { active: false, secret: '', project_id: '', headers: {} };
    expect(toChanges(given)).toEqual({ active: false, secret: '', projectId: '', headers: {} });
  });
});

describe('fromDocument (PATCH)', () => {
  it('changes only what the patch speaks of', () => {
    const changes = fromDocument(dto({ headers: { 'X-A': '1' } }), { headers: { 'X-A': '1' }, unknown: 1 });
    expect(changes).toEqual({ headers: { 'X-A': '1' } });
  });

  it('clears what the patch sets to null', () => {
    const patch = { secret: null, project_id: null, headers: null, retry_config: null, active: null };
    const defaults = {
      secret: null,
      projectId: null,
      headers: {},
      retry: {},
      active: true,
    };
    expect(fromDocument(dto(), patch)).toEqual(defaults);
    const formats = { format: null, format_options: null, max_requests_per_second: null };
    expect(fromDocument(dto(), formats)).toEqual({
      ...{ format: 'basset', formatOptions: {}, maxRequestsPerSecond: null },
    });
  });

  it('takes the merged retry_config', () => {
    const merged = Object.assign(new RetryConfigDto(), { max_retries: 7 });
    const changes = fromDocument(dto({ retry_config: merged }), { retry_config: { max_retries: 7 } });
    expect(changes).toEqual({ retry: { maxRetries: 7 } });
  });
});

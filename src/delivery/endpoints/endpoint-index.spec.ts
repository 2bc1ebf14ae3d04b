import { describe, expect, it } from '@jest/globals';
import { DEFAULT_RETRY_CONFIG } from '../model/delivery.js';
import type { Endpoint } from '../model/endpoint.js';
import { mismatch, EndpointIndex } from './endpoint-index.js';

function endpoint(webhookId: string, change: Partial<Endpoint> = {}): Endpoint {
  return {
    webhookId,
    url: 'https://example.com/hook',
    destination: 'https://example.com',
    active: true,
    generation: 0,
    projectId: null,
    projectAliases: [],
    events: ['entity.created'],
    secrets: [],
    headers: null,
    name: 'n',
    filter: null,
    rendering: null,
    formatSecrets: null,
    identity: null,
    pace: null,
    locked: false,
    retry: DEFAULT_RETRY_CONFIG,
    ...change,
  };
}

function matched(endpoints: readonly Endpoint[], event: string, projectId: string | null): string[] {
  return new EndpointIndex(1, endpoints).match(event, projectId).map(({ webhookId }) => webhookId);
}

describe('EndpointIndex', () => {
  it('matches the event by name, by family and by the asterisk', () => {
    const endpoints = [
      endpoint('name'),
      endpoint('family', { events: ['entity.*'] }),
      endpoint('all', { events: ['*'] }),
      endpoint('other', { events: ['entity.deleted', 'orphan.*'] }),
    ];
    expect(matched(endpoints, 'entity.created', null)).toEqual(['name', 'family', 'all']);
  });

  it('does not take a prefix of a word for a family', () => {
    expect(matched([endpoint('search', { events: ['search.*'] })], 'saved_search.executed', null)).toEqual(
      [],
    );
  });

  it('leaves out what is inactive', () => {
    expect(matched([endpoint('off', { active: false })], 'entity.created', null)).toEqual([]);
  });

  it('reaches the webhooks of the project and the global ones', () => {
    const endpoints = [
      endpoint('global'),
      endpoint('mine', { projectId: 'p1' }),
      endpoint('theirs', { projectId: 'p2' }),
    ];
    expect(matched(endpoints, 'entity.created', 'p1')).toEqual(['global', 'mine']);
    expect(matched(endpoints, 'entity.created', null)).toEqual(['global']);
  });

  it('knows a project by its id and by its safe name', () => {
    const endpoints = [endpoint('mine', { projectId: 'case_7', projectAliases: ['0190-uuid', 'case_7'] })];
    expect(matched(endpoints, 'entity.created', '0190-uuid')).toEqual(['mine']);
  });
});

describe('mismatch', () => {
  it.each([
    [endpoint('a'), undefined],
    [endpoint('a', { active: false, projectId: 'q' }), 'inactive'],
    [endpoint('a', { projectId: 'q', events: ['report.generated'] }), 'other_project'],
    [endpoint('a', { projectId: 'q', projectAliases: ['p'] }), undefined],
    [endpoint('a', { events: ['report.*'] }), 'not_subscribed'],
  ])('says why case %# does not get it', (given, reason) => {
    expect(mismatch(given, 'entity.created', 'p')).toBe(reason);
    expect(matched([given], 'entity.created', 'p')).toHaveLength(reason === undefined ? 1 : 0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { DEFAULT_RETRY_CONFIG } from '../model/delivery.js';
import type { Endpoint } from '../model/endpoint.js';
import { mismatch, EndpointIndex } from './endpoint-index.js';

function target(webhookId: string, change: Partial<Endpoint> = {}): Endpoint {
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
    endpoint: null,
    pace: null,
    locked: false,
    retry: DEFAULT_RETRY_CONFIG,
    ...change,
  };
}

function matched(targets: readonly Endpoint[], event: string, projectId: string | null): string[] {
  return new EndpointIndex(1, targets).match(event, projectId).map(({ webhookId }) => webhookId);
}

describe('EndpointIndex', () => {
  it('matches the event by name, by family and by the asterisk', () => {
    const targets = [
      target('name'),
      target('family', { events: ['entity.*'] }),
      target('all', { events: ['*'] }),
      target('other', { events: ['entity.deleted', 'orphan.*'] }),
    ];
    expect(matched(targets, 'entity.created', null)).toEqual(['name', 'family', 'all']);
  });

  it('does not take a prefix of a word for a family', () => {
    expect(matched([target('search', { events: ['search.*'] })], 'saved_search.executed', null)).toEqual([]);
  });

  it('leaves out what is inactive', () => {
    expect(matched([target('off', { active: false })], 'entity.created', null)).toEqual([]);
  });

  it('reaches the webhooks of the project and the global ones', () => {
    const targets = [
      target('global'),
      target('mine', { projectId: 'p1' }),
      target('theirs', { projectId: 'p2' }),
    ];
    expect(matched(targets, 'entity.created', 'p1')).toEqual(['global', 'mine']);
    expect(matched(targets, 'entity.created', null)).toEqual(['global']);
  });

  it('knows a project by its id and by its safe name', () => {
    const targets = [target('mine', { projectId: 'case_7', projectAliases: ['0190-uuid', 'case_7'] })];
    expect(matched(targets, 'entity.created', '0190-uuid')).toEqual(['mine']);
  });
});

describe('mismatch', () => {
  it.each([
    [target('a'), undefined],
    [target('a', { active: false, projectId: 'q' }), 'inactive'],
    [target('a', { projectId: 'q', events: ['report.generated'] }), 'other_project'],
    [target('a', { projectId: 'q', projectAliases: ['p'] }), undefined],
    [target('a', { events: ['report.*'] }), 'not_subscribed'],
  ])('says why case %# does not get it', (given, reason) => {
    expect(mismatch(given, 'entity.created', 'p')).toBe(reason);
    expect(matched([given], 'entity.created', 'p')).toHaveLength(reason === undefined ? 1 : 0);
  });
});

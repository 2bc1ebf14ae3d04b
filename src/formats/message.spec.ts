import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventOf, SAMPLE_EVENTS } from '../../test/support/formats/events.js';
import { fieldProblems, messageOf } from './message.js';

const person = eventOf('entity.created', {
  entity_id: 'e/1 ü',
  type: 'person',
  name: 'Jane Roe',
  age: 41,
  active: true,
  emails: ['a@example.org', 'b@example.org'],
  note: null,
  empty: '',
  core: { name: 'J.', 'e.mail': 'x' },
  'core.phone': '+1',
});

describe('the message of an event', () => {
  it('says what happened to what, where, and how urgent it is', () => {
    expect(messageOf(person, {})).toEqual({
      id: 'evt-entity.created',
      project: 'op-lantern',
      kind: 'Entity created',
      title: 'Entity created: person Jane Roe',
      summary: 'Entity created: person Jane Roe (project op-lantern)',
      facts: [
        { label: 'project_id', value: 'op-lantern' },
        { label: 'entity_id', value: 'e/1 ü' },
        { label: 'type', value: 'person' },
        { label: 'name', value: 'Jane Roe' },
        { label: 'age', value: '41' },
        { label: 'active', value: 'true' },
        { label: 'core.phone', value: '+1' },
      ],
      severity: 'info',
      link: null,
      footer: 'basset-hound · op-lantern · evt-entity.created',
      time: '2026-11-26T09:03:11.799Z',
      truncated: false,
      cut: { title: false, summary: false },
    });
  });

  it.each([
    ['entity.deleted', { entity_id: 'e-1' }, 'Entity deleted: e-1'],
    ['search.executed', { query: 'x', results: 1 }, 'Search executed: x'],
    ['saved_search.executed', { name: 'New domains' }, 'Saved search executed: New domains'],
    ['import.failed', { source: 'c.csv', error: 'row 17' }, 'Import failed: c.csv'],
    ['system.health', { kind: 'webhook.failing', webhook_name: 'CRM' }, 'System health: webhook failing CRM'],
    ['project.created', {}, 'Project created'],
    ['case.closed', { id: 7 }, 'Case closed: 7'],
  ])('%s %j is titled %s', (event, data, title) => {
    expect(messageOf(eventOf(event, data), {}).title).toBe(title);
  });

  it.each([
    [
      'project.created',
      { project_id: '0b8e4e3c', safe_name: 'op-lantern', name: 'Lantern' },
      [['name', 'Lantern']],
    ],
    ['entity.created', { entity_id: 'e-1', project_uuid: '0b8e4e3c' }, [['entity_id', 'e-1']]],
    ['import.started', { project_id: 'op-lantern', source: 'c.csv' }, [['source', 'c.csv']]],
    ['import.started', { project_id: 'another' }, [['project_id', 'another']]],
  ])('shows the project of %s with %j once', (type, data, others) => {
    const { facts } = messageOf(eventOf(type, data), {});
    const shown = facts.map(({ label, value }) => [label, value]);
    expect(shown).toEqual([['project_id', 'op-lantern'], ...others]);
  });

  it('shows the UUID of a project where it is asked for, or nothing else names the project', () => {
    const asked = messageOf(eventOf('entity.created', { project_uuid: '0b8e' }), {
      fields: ['project_uuid'],
    });
    expect(asked.facts).toEqual([{ label: 'project_uuid', value: '0b8e' }]);
    const { facts } = messageOf(eventOf('entity.created', { project_uuid: '0b8e' }, { projectId: null }), {});
    expect(facts).toEqual([{ label: 'project_uuid', value: '0b8e' }]);
  });

  it('tells the reason of a failure in the summary, and no project where there is none', () => {
    const event = eventOf('import.failed', { source: 'c.csv', error: 'row 17' }, { projectId: null });
    const { summary, footer } = messageOf(event, {});
    expect(summary).toBe('Import failed: c.csv – row 17');
    expect(footer).toBe('basset-hound · evt-import.failed');
  });

  it('shows the fields that were chosen, in their order, and none if none were', () => {
    const fields = [
      'emails',
      'core.name',
      'core.e.mail',
      'data.age',
      'event',
      'missing',
      'constructor',
      'core',
    ];
    expect(messageOf(person, { fields }).facts).toEqual([
      { label: 'emails', value: 'a@example.org, b@example.org' },
      { label: 'core.name', value: 'J.' },
      { label: 'core.e.mail', value: 'x' },
      { label: 'data.age', value: '41' },
      { label: 'event', value: 'entity.created' },
      { label: 'core', value: '{"name":"J.","e.mail":"x"}' },
    ]);
    expect(messageOf(person, { fields: [] }).facts).toEqual([]);
  });

  it('writes nothing that could be clicked when asked to', () => {
    const event = eventOf('orphan.created', {
      type: 'email',
      value: 'a@evil.example',
      url: 'https://evil.example',
    });
    const { title, facts } = messageOf(event, { defang: true });
    expect(title).toBe('Orphan created: email a[@]evil[.]example');
    expect(facts.at(-1)).toEqual({ label: 'url', value: 'hxxps://evil[.]example' });
  });

  it('leaves ids, types and labels as they are looked up', () => {
    const data = { core: { name: 'a@b.example' }, 'evil.example': 1, note: 'case.x' };
    const event = eventOf('entity.created', data, { projectId: 'case.x', id: 'evt.case.x' });
    const fields = ['core.name', 'event', 'id', 'project_id'];
    const { facts, footer, summary } = messageOf(event, { defang: true, fields });
    expect(facts).toEqual([
      { label: 'core.name', value: 'a[@]b[.]example' },
      { label: 'event', value: 'entity.created' },
      { label: 'id', value: 'evt.case.x' },
      { label: 'project_id', value: 'case.x' },
    ]);
    expect(footer).toBe('basset-hound · case.x · evt.case.x');
    expect(summary).toContain('(project case.x)');
    // A name in data is as hostile as its value, and what data says in place of ours is data.
    const shadow = eventOf('entity.created', { event: 'evil.example', 'a.example': 1 });
    expect(messageOf(shadow, { defang: true }).facts.map(({ label }) => label)).toContain('a[.]example');
    expect(messageOf(shadow, { defang: true, fields: ['event'] }).facts[0]?.value).toBe('evil[.]example');
  });

  it('never shows or links the whole of data', () => {
    expect(messageOf(person, { fields: ['data'] }).facts).toEqual([]);
    expect(messageOf(person, { link_template: 'https://b.example/{data}' }).link).toBeNull();
    expect(fieldProblems({ fields: ['name', 'data'] })).toMatchObject([{ path: ['fields', 1] }]);
  });

  it.each([
    [
      'https://b.example/p/{project_id}/e/{data.entity_id}',
      'https://b.example/p/op-lantern/e/e%2F1%20%C3%BC',
    ],
    ['https://b.example/{event}?id={id}#x', 'https://b.example/entity.created?id=evt-entity.created#x'],
    ['https://b.example/{data.missing}', null],
    ['https://b.example/a|b>c(d)', 'https://b.example/a%7Cb%3Ec%28d%29'],
    ['https://b.example/{core.name}', 'https://b.example/J.'],
    ['javascript:alert({name})', null],
    ['https://b.example:99999999/', null],
  ])('links by %s to %s', (link_template, link) => {
    expect(messageOf(person, { link_template }).link).toBe(link);
  });

  it('never links elsewhere, whatever the data', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const { link } = messageOf(eventOf('entity.created', { name }), {
          link_template: 'https://b.example/e/{name}/x?n={name}',
        });
        if (link === null) return;
        expect(link).toMatch(/^https:\/\/b\.example\/e\/[^/?#|<>()\s]+\/x\?n=[^/?#|<>()\s]+$/);
      }),
    );
  });

  it.each(SAMPLE_EVENTS)('keeps its limits: $event, $kind', (event) => {
    for (const defang of [true, false]) {
      const { title, summary, facts, footer, truncated } = messageOf(event, { defang });
      expect(title.length).toBeLessThanOrEqual(150);
      expect(summary.length).toBeLessThanOrEqual(300);
      expect(footer.length).toBeLessThanOrEqual(256);
      expect(facts.length).toBeLessThanOrEqual(8);
      for (const { label, value } of facts) {
        expect(label.length).toBeLessThanOrEqual(64);
        expect(value.length).toBeLessThanOrEqual(256);
        expect(label).not.toBe('');
        expect(value).not.toBe('');
      }
      if (event.kind === 'oversized') expect(truncated).toBe(true);
      if (event.kind === 'plain') expect(truncated).toBe(false);
    }
  });
});

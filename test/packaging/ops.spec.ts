import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const PROMETHEUS = join(ROOT, 'ops', 'prometheus');
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

const rules: any[] = parse(read('ops', 'prometheus', 'alerts.yml')).groups.flatMap(
  (group: any) => group.rules,
);
const dashboard = JSON.parse(read('ops', 'grafana', 'basset-webhooks.json'));
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const promtool = (...args: string[]) => spawnSync('promtool', args, { cwd: PROMETHEUS, encoding: 'utf8' });

describe('the alerts', () => {
  it.each(rules.map((rule) => [rule.alert, rule]))(
    '%s says how urgent it is, and what to do',
    (name, rule) => {
      expect(['page', 'ticket']).toContain(rule.labels.severity);
      expect(rule.annotations.summary).not.toBe('');
      const [file, anchor] = rule.annotations.runbook_url.split('#');
      expect([file, anchor]).toEqual(['docs/operation.md', name.toLowerCase()]);
      expect(read('docs', 'operation.md')).toMatch(new RegExp(`^### ${name}$`, 'm'));
    },
  );

  it('are each tested', () => {
    const tests: any[] = parse(read('ops', 'prometheus', 'alerts.test.yml')).tests;
    expect(tests.map(({ name }) => name)).toEqual(rules.map(({ alert }) => alert));
  });

  // Debian has promtool in its package `prometheus`.
  (hasPromtool ? it : it.skip)('are what promtool takes, and fire when they must', () => {
    for (const args of [
      ['check', 'rules', 'alerts.yml'],
      ['test', 'rules', 'alerts.test.yml'],
    ]) {
      const { status, stdout, stderr } = promtool(...args);
      expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
    }
  });
});

describe('the dashboard', () => {
  const panels: any[] = dashboard.panels;

  it('names no data source and no host', () => {
    const sources = panels.flatMap(({ datasource, targets = [] }) => [
      datasource,
      ...targets.map((t: any) => t.datasource),
    ]);
    expect(new Set(sources.filter(Boolean).map(({ uid }) => uid))).toEqual(new Set(['${datasource}']));
    expect(JSON.stringify(dashboard)).not.toMatch(/https?:/);
  });

  it('has a panel for each question, in five rows, none twice and none over another', () => {
    expect(panels.map(({ type, title }) => (type === 'row' ? `# ${title}` : title))).toEqual([
      ...['# Is it well', 'Ready', 'Oldest due', 'Backlog', 'Failing', 'Switched off'],
      ...['# Traffic', 'Accepted a second', 'Delivered a second', 'Answers a second'],
      'End to end: from accepted to arrived',
      ...['# Receivers', 'Attempt time by outcome (p95)', 'Open breakers, queued again by themselves'],
      ...['Throttle wait', '# Engine', 'Commits (p99)', 'In flight', 'Held in memory'],
      ...['Event loop lag (p99)', 'Memory', 'Instances and what they took over'],
      ...['# The graph as a source', 'Outbox: rows that wait', 'Outbox: rows a second'],
      'Capture: how late, and what was missed',
    ]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = panels.flatMap(({ gridPos }) => {
      const { x, y, w, h } = gridPos as Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
      return Array.from({ length: w * h }, (_, at) => `${x + (at % w)}/${y + Math.floor(at / w)}`);
    });
    expect(new Set(places).size).toBe(places.length);
  });
});

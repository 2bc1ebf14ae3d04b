import { expect } from '@jest/globals';
import type { Graph } from './graph.js';
import { payloadErrors } from './payloads.js';
import { until } from './until.js';

/** An event as receivers get it. */
export interface ToldEvent {
  readonly event: string;
  readonly project_id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the graph itself told, one action after the other. */
export class ToldEvents {
  /** Ids are in the order of their creation: what was told up to here is not looked at again. */
  private forgotten = '';

  constructor(private readonly scene: { readonly graph: Graph }) {}

  begin(): void {
    this.forgotten = '';
  }

  /** What was told since, once the outbox is empty, in the order of its creation; each is what its description says. */
  async told(): Promise<ToldEvent[]> {
    const { graph } = this.scene;
    await until(async () => (await graph.count('WebhookOutbox')) === 0, 'the outbox to be empty', 60_000);
    // The count may be there before the rest of that commit: the relay's lock is given back when all of it is.
    await graph.run("MERGE (relay:WebhookRegistry {id: 'relay'}) SET relay.locked = true");
    const bodies = await graph.run(
      'MATCH (e:WebhookEvent) WHERE e.id > $after RETURN e.body AS body ORDER BY e.id',
      { after: this.forgotten },
    );
    const events = bodies.map(({ body }) => JSON.parse(body) as ToldEvent);
    expect(events.flatMap(({ event, data }) => payloadErrors(event, data))).toEqual([]);
    return events;
  }

  /** Event types with what tells them apart. */
  async briefly(): Promise<string[]> {
    return (await this.told()).map(({ event, data }) => {
      const { source_id, target_id, entity_id, orphan_id, safe_name } = data;
      return [event, source_id ?? orphan_id ?? entity_id ?? safe_name, target_id].filter(Boolean).join(' ');
    });
  }

  /** Everything so far is told of before the next action begins. */
  async forget(): Promise<void> {
    await this.told();
    this.forgotten = await this.scene.graph.value("MATCH (e:WebhookEvent) RETURN coalesce(max(e.id), '')");
  }
}

import { Injectable, Logger } from '@nestjs/common';
import type { Repetition } from '../../common/rxjs/repetition.js';
import { ApiGraph } from '../neo4j-graph.js';
import { Repeater } from '../repeater.js';
import { restoreSchema } from './schema-migrator.js';

const LOOK_MS = 60_000;

/** Sees to it that the constraints and indexes are there, also when somebody drops them while the service runs. */
@Injectable()
export class SchemaWatch {
  private readonly logger = new Logger('Schema');
  private rounds: Repetition | undefined;
  /** What could not be made anew, as it was told last. */
  private told = '';

  constructor(
    private readonly graph: ApiGraph,
    private readonly repeater: Repeater,
  ) {}

  start(): void {
    const round = async (): Promise<number> => {
      await this.look();
      return LOOK_MS;
    };
    this.rounds = this.repeater.repeat(round, {
      logger: this.logger,
      trouble: 'The schema could not be looked after',
    });
  }

  stop(): void {
    void this.rounds?.stop();
  }

  /** One look; what cannot be made anew, because somebody has made two of one id meanwhile, is told once. */
  async look(): Promise<void> {
    const troubles: string[] = [];
    await restoreSchema(this.graph, (trouble) => troubles.push(trouble));
    const told = troubles.join(' ');
    if (told !== this.told && told !== '') this.logger.error(told);
    this.told = told;
  }
}

import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { Clock } from '../../src/common/clock.js';
import { WebhookService } from '../../src/index.js';
import { Api } from './api.js';
import { TestApp } from './app.js';
import { ShiftedClock } from './clock.js';
import { Graph } from './graph.js';
import { Receiver, type Script } from './receiver.js';

export interface AppSettings<C extends Clock> {
  /** Environment variables of the service. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the receiver answers. */
  readonly answers: Script;
  readonly clock: () => C;
}

/** The service in this process with a clock and a receiver, on an empty graph: all anew for each test. */
export class AppScene<C extends Clock> {
  graph!: Graph;
  receiver!: Receiver;
  clock!: C;
  app!: TestApp;
  api!: Api;

  constructor(private readonly settings: AppSettings<C>) {}

  async begin(): Promise<void> {
    this.receiver = await Receiver.start(this.settings.answers);
    this.clock = this.settings.clock();
    await this.startApp();
    await this.app.get(WebhookService).clear();
  }

  async startApp(env = this.settings.env ?? {}): Promise<void> {
    this.app = await TestApp.start({ env, clock: this.clock });
    this.api = new Api(this.app);
  }

  async restartWith(env: Readonly<Record<string, string>>): Promise<void> {
    await this.app.close();
    await this.startApp(env);
  }

  async end(): Promise<void> {
    await this.app.close();
    await this.receiver.close();
  }
}

/** To be called at the top of a file; the scene is there as soon as a test or one of its hooks runs. */
export function setAppScene<C extends Clock = ShiftedClock>(
  settings: Omit<AppSettings<C>, 'clock'> & Partial<AppSettings<C>>,
): AppScene<C> {
  const scene = new AppScene<C>({ clock: () => new ShiftedClock() as Clock as C, ...settings });
  beforeAll(async () => {
    scene.graph = Graph.open();
    await scene.graph.wipe();
  });
  beforeEach(() => scene.begin());
  afterEach(() => scene.end());
  afterAll(() => scene.graph.close());
  return scene;
}

import { afterEach, beforeEach } from '@jest/globals';
import type { Clock } from '../../src/common/clock.js';
import { Api } from './api.js';
import { TestApp } from './app.js';
import type { Graph } from './graph.js';
import type { Receiver, Script } from './receiver.js';
import { setScene, type Scene } from './scene.js';

export interface AppSettings<C extends Clock> {
  /** Environment variables of the service. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the receiver answers. */
  readonly answers: Script;
  readonly clock: () => C;
}

/** A scene with the service in this process, and its clock: all anew for each test. */
export class AppScene<C extends Clock> implements Scene {
  clock!: C;
  app!: TestApp;
  api!: Api;

  constructor(
    private readonly scene: Scene,
    private readonly settings: AppSettings<C>,
  ) {}

  get graph(): Graph {
    return this.scene.graph;
  }

  get receiver(): Receiver {
    return this.scene.receiver;
  }

  async begin(): Promise<void> {
    this.clock = this.settings.clock();
    await this.startApp();
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

/** To be called at the top of a file, like `setScene`. */
export function setAppScene<C extends Clock>(settings: AppSettings<C>): AppScene<C> {
  const scene = new AppScene(setScene(settings.answers), settings);
  beforeEach(() => scene.begin());
  afterEach(() => scene.end());
  return scene;
}

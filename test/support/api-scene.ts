import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { WebhookService } from '../../src/index.js';
import { Api } from './api.js';
import { TestApp } from './app.js';
import { Graph } from './graph.js';
import { Receiver } from './receiver.js';

/** One service in this process for all tests of a file. */
export interface ApiScene {
  readonly app: TestApp;
  readonly api: Api;
  readonly graph: Graph;
  readonly receiver: Receiver;
}

/** To be called at the top of a file; starts the service. */
function startService(): { app: TestApp; api: Api; graph: Graph } {
  const service = {} as { app: TestApp; api: Api; graph: Graph };
  beforeAll(async () => {
    service.graph = Graph.open();
    await service.graph.wipe();
    service.app = await TestApp.start();
    service.api = new Api(service.app);
  });
  return service;
}

/** The graph is closed last: what a service writes at its end is found by nobody else. */
function stopAfterAll(service: ReturnType<typeof startService>): void {
  afterAll(async () => {
    await service.app.close();
    await service.graph.wipe();
    await service.graph.close();
  });
}

/**
 * To be called at the top of a file: each test finds no webhook and no event, and one receiver that was asked nothing yet
 * and answers 200.
 *
 * @param use is handed the scene before the first test
 */
export function setCleanApi(use: (scene: ApiScene) => void): void {
  const service = startService();
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await Receiver.start();
    use({ ...service, receiver });
  });
  beforeEach(async () => {
    await service.app.get(WebhookService).clear();
    receiver.answerWith([]);
    receiver.clear();
  });
  stopAfterAll(service);
  afterAll(() => receiver.close());
}

/**
 * To be called at the top of a file: each test has a receiver of its own, which answers 200; what earlier tests created
 * stays. For tests that look at nothing else: emptying would take the registration of the instance, which may not send
 * for a moment then.
 *
 * @param use is handed the scene before each test
 */
export function setSharedApi(use: (scene: ApiScene) => void): void {
  const service = startService();
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await Receiver.start([200]);
    use({ ...service, receiver });
  });
  afterEach(() => receiver.close());
  stopAfterAll(service);
}

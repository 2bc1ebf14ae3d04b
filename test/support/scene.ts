import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { Graph } from './graph.js';
import { Receiver, type Script } from './receiver.js';

/** What the tests of a file work on: each begins with an empty graph and a receiver of its own, which it closes. */
export interface Scene {
  readonly graph: Graph;
  readonly receiver: Receiver;
}

/**
 * To be called at the top of a file; the scene is there as soon as a test or one of its hooks runs.
 *
 * @param answers of the receiver
 */
export function setScene(answers: Script = []): Scene {
  let graph: Graph;
  let receiver: Receiver;
  beforeAll(() => {
    graph = Graph.open();
  });
  beforeEach(async () => {
    await graph.wipe();
    receiver = await Receiver.start(answers);
  });
  afterAll(async () => {
    await graph.wipe();
    await graph.close();
  });
  return {
    get graph() {
      return graph;
    },
    get receiver() {
      return receiver;
    },
  };
}

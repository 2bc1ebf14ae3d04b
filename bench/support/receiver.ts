import { fileURLToPath } from 'node:url';
import { firstLine, startScript } from './child.js';
import { Client } from './client.js';
import { until } from './waiting.js';

const SCRIPT = fileURLToPath(new URL('receiver-process.ts', import.meta.url));

/** When an event arrived: its webhook-id, and ms of the clock that `now` reads. */
export type Arrival = readonly [id: string, at: number];

/** A receiver process. */
export class Receiver {
  private constructor(
    readonly pid: number,
    readonly base: string,
    private readonly control: Client,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<Receiver> {
    const child = startScript(SCRIPT, { channel: true });
    const { port, controlPort } = await firstLine<{ port: number; controlPort: number }>(child);
    const control = new Client(`http://127.0.0.1:${controlPort}`, 2);
    const stop = async (): Promise<void> => {
      await control.close();
      await child.stop();
    };
    return new Receiver(child.pid, `http://127.0.0.1:${port}`, control, stop);
  }

  /** Requests that were answered 200 since the last `reset`. */
  async received(): Promise<number> {
    return (await this.control.get<{ received: number }>('/count')).received;
  }

  /** First arrivals at the paths with `/timed`. */
  async arrivals(): Promise<readonly Arrival[]> {
    return this.control.get('/arrivals');
  }

  /** Waits until so many requests were answered since the last `reset`. */
  async untilReceived(count: number, timeoutMs: number): Promise<void> {
    await until(`${count} requests received`, timeoutMs, async () => (await this.received()) >= count);
  }

  /** Waits until so many first arrivals at the paths with `/timed`. */
  async untilTimed(count: number, timeoutMs: number): Promise<void> {
    const timed = async (): Promise<number> => (await this.control.get<{ timed: number }>('/count')).timed;
    await until(`${count} timed arrivals`, timeoutMs, async () => (await timed()) >= count);
  }

  /** Forgets what was counted; or `release`: `/hang` answers at once, `hang`: no more, `down`: refuses connections, `up`. */
  async tell(order: 'reset' | 'release' | 'hang' | 'down' | 'up'): Promise<void> {
    await this.control.post(`/${order}`);
  }
}

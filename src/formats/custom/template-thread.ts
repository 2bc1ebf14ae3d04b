import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { WORKER_SOURCE } from './worker-source.js';

/** A template and what it may name. */
export interface TemplateJob {
  readonly template: unknown;
  readonly context: Readonly<Record<string, unknown>>;
  readonly contentType: string;
}

type Said = { readonly text: string } | { readonly error: string } | { readonly ready: true };

interface Waiting {
  readonly job: TemplateJob;
  readonly resolve: (text: string) => void;
  readonly reject: (reason: Error) => void;
}

/** Of one template. Generous, because on a busy machine the thread may have to wait for its turn. */
const DEADLINE_MS = 2000;
const LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

/**
 * Renders templates in a thread of its own, one after the other, so that none can hold up the service: one that takes too
 * long or too much memory ends with the thread, and the next one gets a new one.
 */
export class TemplateThread {
  private readonly queue: Waiting[] = [];
  private worker: Worker | undefined;
  private isReady = false;
  private current: Waiting | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly deadlineMs = DEADLINE_MS) {}

  /** Rejects with what the template did wrong. */
  render(job: TemplateJob): Promise<string> {
    return new Promise((resolve, reject) => {
      this.queue.push({ job, resolve, reject });
      this.next();
    });
  }

  /** Ends the thread; what waits is rejected. */
  async close(): Promise<void> {
    const { worker } = this;
    this.replace(new Error('the service stops'));
    this.queue.splice(0).forEach(({ reject }) => reject(new Error('the service stops')));
    await worker?.terminate();
  }

  private next(): void {
    if (this.current || this.queue.length === 0) return;
    this.worker ??= this.start();
    if (!this.isReady) return;
    this.current = this.queue.shift();
    this.timer = setTimeout(
      () => this.replace(new Error('template_timeout: the template takes too long')),
      this.deadlineMs,
    );
    try {
      this.worker.postMessage(this.current?.job);
    } catch {
      this.finish(({ reject }) => reject(new Error('the event cannot be given to a template')));
    }
  }

  private start(): Worker {
    const jsone = createRequire(import.meta.url).resolve('json-e');
    const worker = new Worker(WORKER_SOURCE, {
      eval: true,
      workerData: { jsone },
      resourceLimits: LIMITS,
      env: {},
    });
    worker.on('message', (said: Said) => {
      if (worker === this.worker) this.heard(said);
    });
    // Also when it ends for want of memory.
    worker.on('error', () => {
      if (worker === this.worker)
        this.replace(new Error('template_memory: the template takes too much memory'));
    });
    // After the listeners, which would hold the process again.
    worker.unref();
    return worker;
  }

  private heard(said: Said): void {
    if ('ready' in said) {
      this.isReady = true;
      this.next();
    } else if ('error' in said) this.finish(({ reject }) => reject(new Error(`template: ${said.error}`)));
    else this.finish(({ resolve }) => resolve(said.text));
  }

  private finish(tell: (waiting: Waiting) => void): void {
    clearTimeout(this.timer);
    const { current } = this;
    this.current = undefined;
    if (current) tell(current);
    this.next();
  }

  private replace(reason: Error): void {
    const { worker } = this;
    this.worker = undefined;
    this.isReady = false;
    void worker?.terminate();
    this.finish(({ reject }) => reject(reason));
  }
}

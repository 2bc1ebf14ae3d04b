import { hostname } from 'node:os';
import { Injectable, Logger, Optional } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { Clock, toTimestamp } from '../../common/clock.js';
import { DeliveryMetrics, NoMetrics } from '../../common/metrics/delivery-metrics.js';
import { newId } from '../../common/new-id.js';
import { EachByItself } from '../../neo4j/each-by-itself.js';
import { tellUnlessAway } from '../../neo4j/graph-errors.js';
import { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import {
  type HeartbeatAnswer,
  type InstanceRecord,
  InstanceRepository,
} from './instance.neo4j.repository.js';
import { Liveness, OWN_SPACE, processGone } from './liveness.js';

/**
 * One heartbeat a second; others take over after ten without one (two, if the process is gone from their own host), this
 * process stops sending after eight.
 */
export const HEARTBEAT_MS = 1000;
const LEASE_MS = 8000;
const LIMITS = { remoteMs: 10_000, goneMs: 1900, gapMs: 5000 };
const RELEASE_BATCH = 1000;
const FORMER_MS = 60_000;
/** Heartbeats under way at once: each may wait for a connection that is dead. */
const MAX_BEATS = 4;

/** This process's right to work on what it has claimed: kept by heartbeats, lost when others must think it dead. */
@Injectable()
export class InstanceLease {
  private readonly logger = new Logger(InstanceLease.name);
  private readonly each = new EachByItself(this.logger, 'Nobody takes over from instance');
  private readonly liveness = new Liveness(LIMITS, processGone);
  private readonly renewed = new Subject<void>();
  private readonly recovered = new Subject<void>();
  private readonly takenOver = new Subject<void>();
  private current = newId();
  private former: { readonly id: string; readonly until: number } | undefined;
  private registered = false;
  private answered = true;
  private beating = 0;
  private renewedAt = Number.NEGATIVE_INFINITY;
  private others = 0;
  private work = 0;
  private othersWork: number | undefined;
  private readonly othersWorked = new Subject<void>();

  constructor(
    private readonly repository: InstanceRepository,
    private readonly registry: EndpointRegistry,
    private readonly clock: Clock,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {}

  /** The id that claims are marked with. A new one after each loss. */
  get id(): string {
    return this.current;
  }

  /** False when the last heartbeat is so old that others may already have taken over. */
  isHeld(): boolean {
    return this.clock.monotonic() - this.renewedAt < LEASE_MS;
  }

  /** Whether the last heartbeat found no other instance. */
  get isAlone(): boolean {
    return this.others === 0;
  }

  /** How many instances the last heartbeat found, this one included; one that has died counts until it is taken over. */
  get instances(): number {
    return this.others + 1;
  }

  /** Emits after each heartbeat that was answered, also when it brought a new id. */
  get renewed$(): Observable<void> {
    return this.renewed.asObservable();
  }

  /** Emits when another instance has accepted events or worked on deliveries since the last heartbeat. */
  get othersWorked$(): Observable<void> {
    return this.othersWorked.asObservable();
  }

  /** Events accepted and deliveries worked on, for the others to see with the next heartbeat. */
  noteWork(count: number): void {
    this.work += count;
  }

  /** Emits with the first heartbeat that is answered after one that was not. */
  get recovered$(): Observable<void> {
    return this.recovered.asObservable();
  }

  /** Emits when claims of a dead instance went back to the queue. */
  get takenOver$(): Observable<void> {
    return this.takenOver.asObservable();
  }

  /** @param patienceMs how long it may take instead of what a heartbeat may */
  async acquire(patienceMs?: number): Promise<void> {
    const asked = this.clock.monotonic();
    const instance = {
      id: this.current,
      beat: 0,
      host: hostname(),
      pid: process.pid,
      space: OWN_SPACE,
    };
    await this.repository.register(instance, patienceMs);
    this.keep(asked);
  }

  /** Whether one more heartbeat may be sent: those before it may be on connections that nobody answers. */
  get mayBeat(): boolean {
    return this.beating < MAX_BEATS;
  }

  /** One heartbeat; answers what it found out, to be given to `follow`. Never rejects: the next one tries again. */
  async beat(): Promise<HeartbeatAnswer | undefined> {
    const asked = this.clock.monotonic();
    const id = this.current;
    this.beating += 1;
    try {
      const answer = await this.repository.beat(id, this.work);
      if (answer.alive && id === this.current) this.keep(asked);
      return { ...answer, alive: answer.alive || id !== this.current };
    } catch (error) {
      this.missed(error);
      return undefined;
    } finally {
      this.beating -= 1;
    }
  }

  /** Acts upon what a heartbeat found out. Never rejects. */
  async follow(answer: HeartbeatAnswer): Promise<void> {
    try {
      if (!answer.alive) await this.startAnew();
      this.renewed.next();
      await this.releaseFormer();
      await this.learn(answer);
      this.recover();
    } catch (error) {
      this.missed(error);
    }
  }

  /** One heartbeat, with all that is done about it. */
  async renew(): Promise<void> {
    const answer = await this.beat();
    if (answer) await this.follow(answer);
  }

  /** Hands everything back and leaves; the counters stay. */
  async giveUp(): Promise<void> {
    this.renewedAt = Number.NEGATIVE_INFINITY;
    await this.releaseAll(this.current);
    await this.repository.remove(this.current);
  }

  /**
   * Gives the claims of instances that are gone back to the queue: one of their writes may have come so late that the
   * takeover, or their own farewell, did not see it. Answers how many.
   */
  async releaseOrphans(): Promise<number> {
    let total = 0;
    let claimer = await this.repository.nextClaimer('');
    for (; claimer; claimer = await this.repository.nextClaimer(claimer.id)) {
      if (!claimer.registered) total += await this.releaseAll(claimer.id);
    }
    if (total === 0) return 0;
    this.logger.error(`${total} deliveries were claimed by instances that are gone; they are due again`);
    this.takenOver.next();
    return total;
  }

  private keep(since: number): void {
    this.registered = true;
    this.renewedAt = Math.max(this.renewedAt, since);
  }

  private recover(): void {
    if (this.answered) return;
    this.answered = true;
    this.recovered.next();
  }

  /** A new id that could not be registered claims nothing: it is tried again, and the former one stays the former. */
  private async startAnew(): Promise<void> {
    if (this.registered) {
      this.logger.warn('Other instances took this one for dead; it goes on under a new id');
      this.metrics.leaseLost();
      this.former = { id: this.current, until: this.clock.monotonic() + FORMER_MS };
      this.current = newId();
      this.registered = false;
    }
    this.renewedAt = Number.NEGATIVE_INFINITY;
    await this.acquire();
  }

  /** A write that was under way when the lease was lost may still have claimed under the former id. */
  private async releaseFormer(): Promise<void> {
    if (!this.former) return;
    if ((await this.releaseAll(this.former.id)) > 0) this.takenOver.next();
    if (this.clock.monotonic() > this.former.until) this.former = undefined;
  }

  private missed(error: unknown): void {
    this.answered = false;
    this.liveness.reset();
    tellUnlessAway(this.logger, 'No heartbeat', error);
  }

  private async learn({ registryVersion, others, othersWork }: HeartbeatAnswer): Promise<void> {
    this.others = others.length;
    if (this.othersWork !== undefined && this.othersWork !== othersWork) this.othersWorked.next();
    this.othersWork = othersWork;
    if (registryVersion !== this.registry.version) await this.registry.refresh();
    const dead = this.liveness.observe(others, this.clock.monotonic());
    await this.each.do(
      dead,
      ({ id }) => id,
      (instance) => this.takeOver(instance),
    );
  }

  private async takeOver({ id, beat }: InstanceRecord): Promise<void> {
    if (!(await this.repository.bury(id, beat))) return;
    let released = await this.releaseAll(id);
    await this.repository.remove(id);
    // An event that it was writing at that moment held its counter, which the removal has waited for.
    released += await this.releaseAll(id);
    this.metrics.claimsTakenOver(released);
    this.logger.log(`Took over ${released} deliveries of instance ${id}, which had stopped`);
    this.takenOver.next();
  }

  private async releaseAll(id: string): Promise<number> {
    const now = toTimestamp(this.clock.steady());
    let total = 0;
    for (;;) {
      const { found, released } = await this.repository.releaseClaims(id, now, RELEASE_BATCH);
      total += released;
      if (found < RELEASE_BATCH) return total;
    }
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import { SlotPool } from '../delivery/lanes/slot-pool.js';
import { RehearsalRepository } from './rehearsal.neo4j.repository.js';

/** Readiness waits no longer than this for it. */
const AT_START_MS = 2000;
/** Afterwards, beside the work: so long in all, and a quarter of the time at most. */
const AFTERWARDS_MS = 60_000;
const REST_FACTOR = 3;
const LEAST_REST_MS = 50;
/** A round that is not faster than the best by a tenth has learnt nothing; after so many of them it is enough. */
const GAIN = 0.9;
const PATIENCE = 10;
/** A round that takes no longer has nothing left to learn that a start should wait for, ms. */
const WARM_MS = 30;

/**
 * The first events after a start meet a Neo4j that has planned and compiled nothing: half a second for each statement,
 * and both cores busy at 100 a second. So the way of an event is played before readiness and for a while after it, in
 * transactions that are rolled back, until it gets no faster. What people ask first is asked once, between two rounds of
 * that.
 */
@Injectable()
export class WarmUp {
  private readonly logger = new Logger(WarmUp.name);
  private readonly stopped = new AbortController();
  private best = Number.POSITIVE_INFINITY;
  private vain = 0;
  private readonly questions: (() => Promise<unknown>)[] = [];

  constructor(
    private readonly rehearsal: RehearsalRepository,
    private readonly slots: SlotPool,
    private readonly registry: EndpointRegistry,
  ) {}

  /** At most two seconds. Never rejects: without it the first events are slow, and that is all. */
  async beforeReadiness(): Promise<void> {
    const enough = pause(AT_START_MS, undefined, { ref: false });
    await Promise.race([enough, this.quietly(() => this.repeat(AT_START_MS, WARM_MS))]);
  }

  /** Asks the graph this as well, once, after readiness. */
  ask(question: () => Promise<unknown>): void {
    this.questions.push(question);
  }

  /** Goes on in the background; what is to be delivered comes first. */
  start(): void {
    void this.quietly(async () => {
      await this.quietly(() => this.repeat(AFTERWARDS_MS, 0, (tookMs) => this.between(tookMs)));
      while (this.questions.length > 0) await this.between(0);
    });
  }

  stop(): void {
    this.stopped.abort();
  }

  /** A rest after a round, and after the question that is next, if there is one. */
  private async between(tookMs: number): Promise<void> {
    await this.rest(tookMs);
    const question = this.questions.shift();
    if (!question) return;
    const started = performance.now();
    await this.quietly(question);
    await this.rest(performance.now() - started);
  }

  /** @throws when it is stopped meanwhile */
  private async rest(tookMs: number): Promise<void> {
    const { signal } = this.stopped;
    await pause(Math.max(LEAST_REST_MS, tookMs * REST_FACTOR), undefined, { signal, ref: false });
    while (this.slots.inFlight > 0) await pause(LEAST_REST_MS, undefined, { signal, ref: false });
  }

  private async repeat(
    limitMs: number,
    enoughMs: number,
    rest: (tookMs: number) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (this.vain < PATIENCE && performance.now() < deadline && !this.stopped.signal.aborted) {
      const started = performance.now();
      await this.rehearsal.play(this.registry.version);
      const tookMs = performance.now() - started;
      this.vain = tookMs < this.best * GAIN ? 0 : this.vain + 1;
      this.best = Math.min(this.best, tookMs);
      if (tookMs <= enoughMs) return;
      await rest(tookMs);
    }
  }

  private async quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.stopped.signal.aborted) this.logger.debug(`Not warmed up: ${String(error)}`);
    }
  }
}

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { TerminusModule } from '@nestjs/terminus';
import { Neo4jGraph } from '../neo4j/neo4j-graph.js';
import { DeliveryEngine } from '../delivery/delivery-engine.js';
import { DeliveryHealthIndicator } from './delivery.health.js';
import { HealthController } from './health.controller.js';
import { Neo4jHealthIndicator } from './neo4j.health.js';

async function start(verify: () => Promise<void>) {
  const engine = { hasDied: false };
  const module = await Test.createTestingModule({
    imports: [TerminusModule.forRoot({ logger: false, errorLogStyle: 'json' })],
    controllers: [HealthController],
    providers: [
      DeliveryHealthIndicator,
      { provide: DeliveryEngine, useValue: engine },
      Neo4jHealthIndicator,
      { provide: Neo4jGraph, useValue: { verify } },
    ],
  }).compile();
  return { engine, health: module.get(HealthController), indicator: module.get(Neo4jHealthIndicator) };
}

describe('readiness', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is given while Neo4j answers', async () => {
    const { health } = await start(async () => undefined);
    await expect(health.ready()).resolves.toMatchObject({
      status: 'ok',
      details: { neo4j: { status: 'up' } },
    });
  });

  it('is denied with its reason while Neo4j is away', async () => {
    const { health } = await start(async () => Promise.reject(new Error('ECONNREFUSED secret.internal')));
    const error: any = await health.ready().catch((failure: unknown) => failure);
    expect(error.getStatus()).toBe(503);
    expect(error.message).toBe('Not ready: neo4j: no answer');
  });

  it('does not wait longer than two seconds', async () => {
    const { health } = await start(() => new Promise(() => undefined));
    const denied = expect(health.ready()).rejects.toThrow('Not ready: neo4j: no answer');
    await jest.advanceTimersByTimeAsync(2000);
    await denied;
  });

  it('is denied when deliveries have stopped working', async () => {
    const { health, engine } = await start(async () => undefined);
    engine.hasDied = true;
    await expect(health.ready()).rejects.toThrow('Not ready: delivery: stopped working');
  });

  it('ends with the first step of a shutdown; the process still lives', async () => {
    const { health, indicator } = await start(async () => undefined);
    indicator.onModuleDestroy();
    await expect(health.ready()).rejects.toThrow('Not ready: neo4j: shutting down');
    expect(health.live()).toEqual({ status: 'ok' });
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { TerminusModule } from '@nestjs/terminus';
import { Neo4jError } from 'neo4j-driver';
import { DeliveryEngine } from '../engine/delivery-engine.js';
import { StoreState } from '../neo4j/store-state.js';
import { DeliveryHealthIndicator } from './delivery.health.js';
import { HealthController } from './health.controller.js';
import { Neo4jHealthIndicator } from './neo4j.health.js';

async function start() {
  const engine = { hasDied: false };
  const state = new StoreState();
  const module = await Test.createTestingModule({
    imports: [TerminusModule.forRoot({ logger: false, errorLogStyle: 'json' })],
    controllers: [HealthController],
    providers: [
      DeliveryHealthIndicator,
      { provide: DeliveryEngine, useValue: engine },
      Neo4jHealthIndicator,
      { provide: StoreState, useValue: state },
    ],
  }).compile();
  return { engine, state, health: module.get(HealthController), indicator: module.get(Neo4jHealthIndicator) };
}

describe('readiness', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is given when something was written a moment ago', async () => {
    const { health, state } = await start();
    state.succeeded(true);
    await expect(health.ready()).resolves.toMatchObject({
      status: 'ok',
      details: { neo4j: { status: 'up' } },
    });
  });

  it('is given as soon as the next heartbeat is written', async () => {
    const { health, state } = await start();
    const given = expect(health.ready()).resolves.toMatchObject({ status: 'ok' });
    state.succeeded(false);
    await jest.advanceTimersByTimeAsync(1000);
    state.succeeded(true);
    await given;
  });

  it('is denied with its reason while Neo4j is away, and says nothing of the inside', async () => {
    const { health, state } = await start();
    state.failed(new Neo4jError('ECONNREFUSED secret.internal', 'ServiceUnavailable', '', ''), true);
    const denied = health.ready().catch((failure: unknown) => failure);
    await jest.advanceTimersByTimeAsync(2000);
    const error: any = await denied;
    expect(error.getStatus()).toBe(503);
    expect(error.message).toBe('Not ready: neo4j: no answer');
  });

  it('is denied while Neo4j answers but cannot write', async () => {
    const { health, state } = await start();
    const readOnly = 'Neo.ClientError.General.WriteOnReadOnlyAccessDatabase';
    state.failed(new Neo4jError('read-only', readOnly, '', ''), true);
    state.succeeded(false);
    const denied = expect(health.ready()).rejects.toThrow('Not ready: neo4j: it cannot write');
    await jest.advanceTimersByTimeAsync(2000);
    await denied;
  });

  it('does not wait longer than two seconds', async () => {
    const { health } = await start();
    const denied = expect(health.ready()).rejects.toThrow('Not ready: neo4j: no answer');
    await jest.advanceTimersByTimeAsync(2000);
    await denied;
  });

  it('is denied when deliveries have stopped working', async () => {
    const { health, state, engine } = await start();
    state.succeeded(true);
    engine.hasDied = true;
    await expect(health.ready()).rejects.toThrow('Not ready: delivery: stopped working');
  });

  it('ends with the first step of a shutdown; the process still lives', async () => {
    const { health, indicator } = await start();
    indicator.onModuleDestroy();
    await expect(health.ready()).rejects.toThrow('Not ready: neo4j: shutting down');
    expect(health.live()).toEqual({ status: 'ok' });
  });
});

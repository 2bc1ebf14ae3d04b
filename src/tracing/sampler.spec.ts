import { beforeAll, describe, expect, it } from '@jest/globals';
import { RandomIds } from './random-ids.js';
import { samplerOf } from './sampler.js';
import { loadSdk, type Sdk } from './sdk.js';

let sdk: Sdk;

beforeAll(async () => {
  sdk = await loadSdk();
}, 60_000);

const LOW = `${'0'.repeat(24)}00000001`;
const HIGH = `${'0'.repeat(24)}ffffffff`;
const parent = (flags: number) => ({ traceId: HIGH, spanId: 'b7ad6b7169203331', flags });

describe('OTEL_TRACES_SAMPLER', () => {
  /** What is decided of a low id, of a high one, below a recorded work, and below one that is not. */
  it.each<[string | undefined, string | undefined, boolean[]]>([
    [undefined, undefined, [true, true, true, false]],
    ['', '', [true, true, true, false]],
    ['always_on', undefined, [true, true, true, true]],
    ['always_off', undefined, [false, false, false, false]],
    ['traceidratio', '0.01', [true, false, false, false]],
    ['traceidratio', undefined, [true, true, true, true]],
    ['traceidratio', '0', [false, false, false, false]],
    ['parentbased_traceidratio', '0.5', [true, false, true, false]],
    ['parentbased_always_off', undefined, [false, false, true, false]],
  ])('%s with %s', (name, argument, decided) => {
    const isSampled = samplerOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument }, sdk);
    expect([
      isSampled(() => LOW, undefined),
      isSampled(() => HIGH, undefined),
      isSampled(() => HIGH, parent(1)),
      isSampled(() => HIGH, parent(0)),
    ]).toEqual(decided);
  });

  it('records about as many as it is asked to', () => {
    const env = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' };
    const isSampled = samplerOf(env, sdk);
    const { traceId } = new RandomIds();
    const sampled = Array.from({ length: 10_000 }, () => isSampled(traceId, undefined)).filter(Boolean);
    // Ten standard deviations.
    expect(Math.abs(sampled.length - 2500)).toBeLessThan(433);
  });

  it.each([
    ['jaeger_remote', undefined, 'OTEL_TRACES_SAMPLER'],
    ['parentbased_', undefined, 'OTEL_TRACES_SAMPLER'],
    ['traceidratio', '2', 'OTEL_TRACES_SAMPLER_ARG'],
    ['traceidratio', 'much', 'OTEL_TRACES_SAMPLER_ARG'],
  ])('%s with %s is none', (name, argument, named) => {
    const env = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument };
    expect(() => samplerOf(env, sdk)).toThrow(named);
  });
});

describe('an id', () => {
  it('is as long as W3C wants it, of hex digits, and never given twice', () => {
    const ids = new RandomIds();
    const all = Array.from({ length: 3000 }, () => [ids.traceId(), ids.spanId()]).flat();
    expect(new Set(all).size).toBe(6000);
    expect(all.filter((id) => !/^(?:[\da-f]{32}|[\da-f]{16})$/.test(id))).toEqual([]);
  });
});

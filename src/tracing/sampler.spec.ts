import { beforeAll, describe, expect, it } from '@jest/globals';
import { samplerOf } from './sampler.js';
import { loadSdk, type Sdk } from './sdk.js';

let sdk: Sdk;

beforeAll(async () => {
  sdk = await loadSdk();
});

describe('OTEL_TRACES_SAMPLER', () => {
  it.each([
    [undefined, undefined, /ParentBased\{root=AlwaysOnSampler/],
    ['', '', /ParentBased\{root=AlwaysOnSampler/],
    ['always_on', undefined, /^AlwaysOnSampler$/],
    ['always_off', undefined, /^AlwaysOffSampler$/],
    ['traceidratio', '0.01', /^TraceIdRatioBased\{0\.01\}$/],
    ['traceidratio', undefined, /^TraceIdRatioBased\{1\}$/],
    ['parentbased_traceidratio', '0.5', /ParentBased\{root=TraceIdRatioBased\{0\.5\}/],
    ['parentbased_always_off', undefined, /ParentBased\{root=AlwaysOffSampler/],
  ])('%s with %s', (name, argument, sampler) => {
    const env = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument };
    expect(samplerOf(env, sdk).toString()).toMatch(sampler);
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

import type { TraceContext } from '../common/tracing/traceparent.js';
import type { Sdk } from './sdk.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a piece of work is recorded, before anything is made for it: what is not must cost nothing.
 *
 * @param traceId asked for only where it matters
 * @param parent the work that it belongs to; undefined = it begins a trace
 */
export type Sampler = (traceId: () => string, parent: TraceContext | undefined) => boolean;

const PARENT_BASED = 'parentbased_';
const DEFAULT = 'parentbased_always_on';
const SAMPLED = 1;

/** `OTEL_TRACES_SAMPLER` as the specification of OpenTelemetry has it. @throws Error that names what is wrong */
export function samplerOf(
  env: Environment,
  sdk: Pick<Sdk, 'TraceIdRatioBasedSampler' | 'SamplingDecision'>,
): Sampler {
  const name = env['OTEL_TRACES_SAMPLER'] || DEFAULT;
  const isParentBased = name.startsWith(PARENT_BASED);
  const root = rootSampler(isParentBased ? name.slice(PARENT_BASED.length) : name, env, sdk);
  if (!root) throw new Error(`OTEL_TRACES_SAMPLER is unknown: ${name}`);
  if (!isParentBased) return root;
  return (traceId, parent) => (parent ? (parent.flags & SAMPLED) !== 0 : root(traceId, parent));
}

function rootSampler(
  name: string,
  env: Environment,
  { TraceIdRatioBasedSampler, SamplingDecision }: Pick<Sdk, 'TraceIdRatioBasedSampler' | 'SamplingDecision'>,
): Sampler | undefined {
  if (name === 'always_on') return () => true;
  if (name === 'always_off') return () => false;
  if (name !== 'traceidratio') return undefined;
  // By the id, as every other service with this sampler decides: a trace is recorded whole or not at all.
  const byId = new TraceIdRatioBasedSampler(ratioOf(env));
  const isSampled = (traceId: string): boolean =>
    byId.shouldSample(undefined, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
  return (traceId) => isSampled(traceId());
}

function ratioOf({ OTEL_TRACES_SAMPLER_ARG: given }: Environment): number {
  const ratio = given === undefined || given === '' ? 1 : Number(given);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new Error('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1');
}

import type { Sampler } from '@opentelemetry/sdk-trace';
import type { Sdk } from './sdk.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const PARENT_BASED = 'parentbased_';
const DEFAULT = 'parentbased_always_on';

/** `OTEL_TRACES_SAMPLER` as the specification of OpenTelemetry has it. @throws Error that names what is wrong */
export function samplerOf(env: Environment, sdk: Sdk): Sampler {
  const name = env['OTEL_TRACES_SAMPLER'] || DEFAULT;
  const isParentBased = name.startsWith(PARENT_BASED);
  const root = rootSampler(isParentBased ? name.slice(PARENT_BASED.length) : name, env, sdk);
  if (!root) throw new Error(`OTEL_TRACES_SAMPLER is unknown: ${name}`);
  return isParentBased ? new sdk.ParentBasedSampler({ root }) : root;
}

function rootSampler(name: string, env: Environment, sdk: Sdk): Sampler | undefined {
  if (name === 'always_on') return new sdk.AlwaysOnSampler();
  if (name === 'always_off') return new sdk.AlwaysOffSampler();
  return name === 'traceidratio' ? new sdk.TraceIdRatioBasedSampler(ratioOf(env)) : undefined;
}

function ratioOf({ OTEL_TRACES_SAMPLER_ARG: given }: Environment): number {
  const ratio = given === undefined || given === '' ? 1 : Number(given);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new Error('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1');
}

import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsOptional, ValidateIf } from 'class-validator';
import type { CreateWebhook } from '../webhook.js';
import type { Changeable } from './changeable.js';

/** Type and bounds, as OpenAPI has them. */
type Schema = ApiPropertyOptions & {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly nullable?: boolean;
};

/** What is to be known of a setting of a webhook: said once, for REST, injected callers, OpenAPI and the record. */
export interface Declaration {
  readonly api: Schema;
  /** What class-validator asks of a value that is there. */
  readonly checks: readonly PropertyDecorator[];
  /** Its name for those that inject the service. */
  readonly property: keyof CreateWebhook;
  /** What a webhook has of which nothing is said; absent = it must be said. */
  readonly unsaid?: unknown;
  /** How it is kept, under the name that it has in REST; absent = not as it is. */
  readonly stored?: 'text' | 'text or null' | 'number' | 'number or null' | 'texts' | 'flag';
  /** What an update says instead of the description. */
  readonly onUpdate?: string;
}

export interface Setting extends Declaration {
  /** Its name in REST, and in the graph. */
  readonly field: string;
}

const DECLARED = new Map<object, Setting[]>();

/** What a class declares, in that order. */
export function settingsOf(type: new () => object): readonly Setting[] {
  return DECLARED.get(type.prototype as object) ?? [];
}

/** A field that may be left out but not be null. */
const IfGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

function apply(decorators: readonly PropertyDecorator[], prototype: object, field: string): void {
  for (const decorate of decorators) decorate(prototype, field);
}

/** Declares a setting on the class of new webhooks. */
export function Declared(declaration: Declaration): PropertyDecorator {
  return (prototype, key) => {
    const field = String(key);
    const { api, checks, unsaid } = declaration;
    DECLARED.set(prototype, [...(DECLARED.get(prototype) ?? []), { ...declaration, field }]);
    if (unsaid === undefined) {
      apply([ApiProperty(api), ...checks], prototype, field);
      return;
    }
    const mayBeAbsent = api.nullable === true ? IsOptional() : IfGiven();
    apply([ApiPropertyOptional({ default: unsaid, ...api }), mayBeAbsent, ...checks], prototype, field);
  };
}

/** A class for updates: the same settings, of which each may be absent or null. */
export function changesOf<T extends object>(
  created: new () => T,
  isChanged: (setting: Setting) => boolean,
): new () => Changeable<T> {
  // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- its fields are those of the declarations
  class Changes {}
  for (const { api, checks, field, onUpdate } of settingsOf(created).filter(isChanged)) {
    const says = onUpdate ?? api.description;
    const described = says === undefined ? {} : { description: says };
    // What is not said stays as it is: there is no default.
    const documented = ApiPropertyOptional({ ...api, ...described, default: undefined, nullable: true });
    apply([documented, IsOptional(), ...checks], Changes.prototype, field);
  }
  return Changes;
}

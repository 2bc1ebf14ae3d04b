import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { Clock, SystemClock } from '../common/clock.js';
import { resolveOptions } from './resolve-options.js';
import { WEBHOOKS_OPTIONS, type GivenOptions, type WebhooksOptions } from './service-options.js';

/** Gives every module the resolved options and the clock. */
@Global()
@Module({})
export class OptionsModule {
  /**
   * @param given token of the options as the application gave them
   * @param providers of that token
   */
  static from(
    given: string | symbol,
    providers: Provider[],
    imports: NonNullable<DynamicModule['imports']>,
  ): DynamicModule {
    const resolved = {
      provide: WEBHOOKS_OPTIONS,
      useFactory: (options: GivenOptions): WebhooksOptions => resolveOptions(options),
      inject: [given],
    };
    return {
      module: OptionsModule,
      imports,
      providers: [...providers, resolved, { provide: Clock, useClass: SystemClock }],
      exports: [WEBHOOKS_OPTIONS, Clock],
    };
  }
}

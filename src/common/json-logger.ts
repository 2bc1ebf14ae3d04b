import { ConsoleLogger, type LogLevel as NestLogLevel } from '@nestjs/common';
import { currentRequest } from './http/request-context.js';

const LEVELS: Readonly<Record<string, NestLogLevel[]>> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug'],
};

/** What Nest tells of each module and route while it boots: of use to its developers only. */
const BOOT_CHATTER: ReadonlySet<unknown> = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/** One JSON object a line, with the id of the request that the line belongs to. */
export class JsonLogger extends ConsoleLogger {
  constructor(level: string) {
    super({ json: true, colors: false, logLevels: LEVELS[level] ?? LEVELS['info'] ?? [] });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (BOOT_CHATTER.has(rest.at(-1))) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  protected override getJsonLogObject(
    ...parts: Parameters<ConsoleLogger['getJsonLogObject']>
  ): ReturnType<ConsoleLogger['getJsonLogObject']> {
    const line = super.getJsonLogObject(...parts);
    const context = currentRequest();
    return context ? { ...line, ...context } : line;
  }
}

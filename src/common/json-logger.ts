import { ConsoleLogger, type LogLevel as NestLogLevel } from '@nestjs/common';
import { BootError } from './boot-error.js';

const LEVELS: Readonly<Record<string, NestLogLevel[]>> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug'],
};

/** What Nest tells of each module and route while it boots: of use to its developers only. */
const BOOT_CHATTER: ReadonlySet<unknown> = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/**
 * One JSON object a line; an object behind the message becomes fields of the line. Nest's own logger rather than pino:
 * above debug nothing is logged per event or delivery, so speed does not matter, and nestjs-pino 5 needs Node 22.
 */
export class JsonLogger extends ConsoleLogger {
  /** @param level one of LOG_LEVEL, in any case; info when it is another, which stops the boot anyway */
  constructor(level: string) {
    const logLevels = LEVELS[level.trim().toLowerCase()] ?? LEVELS['info'] ?? [];
    super({ json: true, colors: false, flattenParams: true, logLevels });
  }

  /** Nest calls info `log` and counts milliseconds: a line has the name of LOG_LEVEL, and its time is RFC 3339 in UTC. */
  protected override stringifyJsonLogObject({ level, timestamp, ...rest }: Record<string, unknown>): string {
    const own = {
      level: level === 'log' ? 'info' : level,
      timestamp: new Date(Number(timestamp)).toISOString(),
    };
    return super.stringifyJsonLogObject({ ...own, ...rest });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (BOOT_CHATTER.has(rest.at(-1))) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  /** Nest reports with a stack what stops the boot; `main.ts` says it in one sentence. */
  override error(message: unknown, ...rest: unknown[]): void {
    if (!(message instanceof BootError)) super.error(message, ...rest);
  }
}

import '../scripts/supported-node.mjs';
import 'reflect-metadata';
import { ShutdownSignal } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { setUpApp } from './app.setup.js';
import { BootError } from './common/boot-error.js';
import { expectToListen, whyNotListening } from './common/http/listening.js';
import { ExpressHttpAdapter } from './common/http/express-http.adapter.js';
import { JsonLogger } from './common/json-logger.js';
import { VERSION } from './common/version.js';
import { serviceConfig, type ServiceConfig } from './config/service.config.js';

const STOP_SIGNALS = [ShutdownSignal.SIGHUP, ShutdownSignal.SIGINT, ShutdownSignal.SIGTERM] as const;

/** A stop that takes longer, ms, is ended: whoever stops the service kills it soon (docker compose after 45 s). */
const LONGEST_STOP_MS = 42_000;

/** Before the application exists there is nothing to hand back: the process ends, and with it what it has started. */
function endOnSignal(_name: string, number: number): void {
  process.exit(128 + number);
}

/** Who reads the log may go away (`| head`), and its disk may be full: that costs the log, never the service. */
function surviveLostOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** A stop writes a line when it begins and one when it ends, so that the log tells it from a kill. */
function tellOfStops(logger: JsonLogger): void {
  const stop = (signal: NodeJS.Signals): void => {
    for (const name of STOP_SIGNALS) process.off(name, stop);
    logger.log(`Stopping: ${signal}`, 'Service');
    process.once('exit', (status) => logger.log('Stopped', { status }, 'Service'));
    setTimeout(() => {
      logger.error('The stop took too long; what was not handed back is taken over by others', 'Service');
      process.exit(1);
    }, LONGEST_STOP_MS).unref();
  };
  for (const name of STOP_SIGNALS) process.once(name, stop);
}

/**
 * A signal stops the service in good order, with status 0; a second Ctrl-C does not wait for requests in flight.
 */
function stopOnSignals(app: NestExpressApplication, logger: JsonLogger): void {
  // Before Nest's, which begin to stop at once.
  tellOfStops(logger);
  for (const name of STOP_SIGNALS) process.off(name, endOnSignal);
  app.enableShutdownHooks([...STOP_SIGNALS], { useProcessExit: true });
  process.once('SIGINT', () => {
    process.once('SIGINT', () => process.exit(130));
  });
}

async function listen(app: NestExpressApplication, { host, port }: ServiceConfig): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    throw whyNotListening(error, host, port);
  }
}

async function bootstrap(): Promise<void> {
  for (const name of STOP_SIGNALS) process.on(name, endOnSignal);
  const logger = new JsonLogger(process.env['LOG_LEVEL'] ?? 'info');
  const { host, port } = serviceConfig();
  await expectToListen(host, port);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, new ExpressHttpAdapter(), {
    bodyParser: false,
    logger,
    abortOnError: false,
  });
  stopOnSignals(app, logger);
  await listen(setUpApp(app), app.get<ServiceConfig>(serviceConfig.KEY));
  const url = await app.getUrl();
  const versions = { version: VERSION, node: process.versions.node };
  logger.log(`Listening on ${url}, documentation at ${url}/docs`, versions, 'Service');
}

surviveLostOutput();
bootstrap().catch((error: unknown) => {
  console.error(error instanceof BootError ? error.message : error);
  process.exit(1);
});

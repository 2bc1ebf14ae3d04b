import 'reflect-metadata';
import { ShutdownSignal } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { setUpApp } from './app.setup.js';
import { BootError } from './common/boot-error.js';
import { OwnPrototypesAdapter } from './common/http/own-prototypes.adapter.js';
import { JsonLogger } from './common/json-logger.js';
import { serviceConfig, type ServiceConfig } from './config/service.config.js';

const { SIGHUP, SIGINT, SIGTERM } = ShutdownSignal;

/** Why the address cannot be listened on, and what to do, by the code of the error. */
const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use: stop what listens there, or set PORT to another one',
  EACCES: 'is not open to this user: set PORT to 1024 or above',
  EADDRNOTAVAIL: 'is not on this machine: set HOST to one of its addresses',
  ENOTFOUND: 'has an unknown host: set HOST to an address of this machine',
};

/**
 * A signal stops the service in good order, with status 0; a second Ctrl-C does not wait for requests in flight.
 * Before the application exists a signal simply ends the process.
 */
function stopOnSignals(app: NestExpressApplication): void {
  app.enableShutdownHooks([SIGHUP, SIGINT, SIGTERM], { useProcessExit: true });
  process.once('SIGINT', () => {
    process.once('SIGINT', () => process.exit(130));
  });
}

async function listen(app: NestExpressApplication, { host, port }: ServiceConfig): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    const reason = LISTEN_ERRORS[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw new BootError(`Port ${port} on ${host} ${reason}.`);
  }
}

async function bootstrap(): Promise<void> {
  const logger = new JsonLogger(process.env['LOG_LEVEL'] ?? 'info');
  const app = await NestFactory.create<NestExpressApplication>(AppModule, new OwnPrototypesAdapter(), {
    bodyParser: false,
    logger,
    abortOnError: false,
  });
  stopOnSignals(app);
  await listen(setUpApp(app), app.get<ServiceConfig>(serviceConfig.KEY));
  const url = await app.getUrl();
  logger.log(`Listening on ${url}, documentation at ${url}/docs`, 'Service');
}

bootstrap().catch((error: unknown) => {
  console.error(error instanceof BootError ? error.message : error);
  process.exit(1);
});

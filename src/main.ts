import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { setUpApp } from './app.setup.js';
import { BootError } from './common/boot-error.js';
import { JsonLogger } from './common/json-logger.js';
import { serviceConfig, type ServiceConfig } from './config/service.config.js';

/** What comes sooner after an interrupt is the same one, handed on by npm, ms. */
const SAME_INTERRUPT_MS = 500;

/** A second Ctrl-C does not wait for requests in flight. */
function exitOnSecondInterrupt(): void {
  process.once('SIGINT', () => {
    setTimeout(() => process.once('SIGINT', () => process.exit(130)), SAME_INTERRUPT_MS).unref();
  });
}

async function listen(app: NestExpressApplication, { host, port }: ServiceConfig): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new BootError(
      `Port ${port} on ${host} is in use: stop what listens there, or set PORT to another one.`,
    );
  }
}

async function bootstrap(): Promise<void> {
  exitOnSecondInterrupt();
  const logger = new JsonLogger(process.env['LOG_LEVEL'] ?? 'info');
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    bodyParser: false,
    logger,
    abortOnError: false,
  });
  await listen(setUpApp(app), app.get<ServiceConfig>(serviceConfig.KEY));
  const url = await app.getUrl();
  logger.log(`Listening on ${url}, documentation at ${url}/docs`, 'Service');
}

bootstrap().catch((error: unknown) => {
  console.error(error instanceof BootError ? error.message : error);
  process.exit(1);
});

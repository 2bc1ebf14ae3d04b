import { type ConfigType, registerAs } from '@nestjs/config';
import { readEnvironment } from './environment.js';

/** The options of the stand-alone service, read once from the environment and `.env`. */
export const serviceConfig = registerAs('service', () => readEnvironment(process.env));

export type ServiceConfig = ConfigType<typeof serviceConfig>;

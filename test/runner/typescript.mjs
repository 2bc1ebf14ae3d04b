/** `node --import ./test/runner/typescript.mjs file.ts` runs TypeScript from its source, without a build. */
import 'reflect-metadata';
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);

import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const CONFIG = fileURLToPath(new URL('../../.swcrc', import.meta.url));

/** TypeScript sources import each other as `./x.js`; the file is `./x.ts`. */
export function resolve(specifier, context, next) {
  const isSource =
    specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts');
  return next(isSource ? specifier.replace(/\.js$/, '.ts') : specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { code } = await transformFile(fileURLToPath(url), { configFile: CONFIG });
  return { format: 'module', source: code, shortCircuit: true };
}

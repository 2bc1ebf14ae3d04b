import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Makes a directory and those above it, each mode 0700. Not by `recursive`, which never ends where the system says of a
 * directory that is there that it is not, as `/proc` does.
 */
export function makeDirectory(path: string): void {
  const full = resolve(path);
  if (isDirectory(full)) return;
  const parent = dirname(full);
  if (parent !== full) makeDirectory(parent);
  try {
    mkdirSync(full, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if (!isDirectory(full)) throw error;
  }
}

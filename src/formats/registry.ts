import type { Format } from './format.js';

/** Every format besides `basset`, in the order in which the API lists them: a new one is a folder and a line here. */
export const FORMATS: readonly Format[] = [];

/** The format of this name. */
export const findFormat = (name: string): Format | undefined =>
  FORMATS.find((format) => format.name === name);

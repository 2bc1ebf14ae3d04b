import type { Figure } from './report.js';

/** Whole numbers from 100 on, three digits below. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

export function spread({ min, max, runs }: Figure): string {
  return runs > 1 ? `${shown(min)} – ${shown(max)}` : '';
}

/** A line of the table in the terminal. */
export function figureLine(figure: Figure): string {
  const { subject, measure, unit, median } = figure;
  const range = spread(figure) === '' ? '' : `  (${spread(figure)})`;
  return `${subject.padEnd(44)} ${measure.padEnd(44)} ${shown(median).padStart(9)} ${unit}${range}`;
}

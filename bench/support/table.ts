import type { Figure } from './figure.js';

/** Whole numbers from 100 on, three digits below. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

export function spread({ min, max, runs }: Figure): string {
  return runs > 1 ? `${shown(min)} – ${shown(max)}` : '';
}

/** The lines of the table in the terminal. */
export function figureLines(figures: readonly Figure[]): string[] {
  const width = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));
  const subjects = width(figures.map(({ subject }) => subject));
  const measures = width(figures.map(({ measure }) => measure));
  return figures.map((figure) => {
    const { subject, measure, unit, median, runs } = figure;
    const range = runs > 1 ? `  (${spread(figure)})` : '';
    return `${subject.padEnd(subjects)}  ${measure.padEnd(measures)}  ${shown(median).padStart(9)} ${unit}${range}`;
  });
}

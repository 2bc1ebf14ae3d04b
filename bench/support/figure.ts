/** One measured figure: the median of all runs, and how far they lie apart. */
export interface Figure {
  /** What was done, such as `POST /events, 32 at a time`. */
  readonly subject: string;
  /** What was measured of it, such as `delivered`. */
  readonly measure: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

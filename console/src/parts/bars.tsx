import type { ActivityBucket } from '../api/types.js';
import { hourInFull } from '../lib/format-time.js';
import { usePreferences } from '../lib/preferences.js';
import { count } from '../lib/words.js';
import { Scroll } from './row.js';

const WIDTH = 960;
const HEIGHT = 120;
const GAP = 2;

const sum = (buckets: readonly ActivityBucket[], of: (bucket: ActivityBucket) => number): number =>
  buckets.reduce((total, bucket) => total + of(bucket), 0);

interface Props {
  readonly buckets: readonly ActivityBucket[];
  /** Over what time, roughly, as in `the last 24 hours`; the hour with which it begins is said as well. */
  readonly over: string;
}

function Bar({ bucket, at, width, most, title }: BarProps) {
  const scale = (value: number): number => (value === 0 ? 0 : Math.max(2, (value / most) * HEIGHT));
  const good = scale(bucket.succeeded);
  const bad = scale(bucket.failed);
  const x = at * width + GAP / 2;
  return (
    <g>
      <title>{title}</title>
      <rect x={x} y={0} width={width - GAP} height={HEIGHT} className="bar-back" />
      <rect x={x} y={HEIGHT - good} width={width - GAP} height={good} className="bar-good" />
      <rect x={x} y={HEIGHT - good - bad} width={width - GAP} height={bad} className="bar-bad" />
    </g>
  );
}

interface BarProps {
  readonly bucket: ActivityBucket;
  readonly at: number;
  readonly width: number;
  readonly most: number;
  readonly title: string;
}

/** How many deliveries arrived and failed, hour by hour; the same as a table for whoever does not see it. */
export function Bars({ buckets, over }: Props) {
  const { zone } = usePreferences();
  const most = Math.max(1, ...buckets.map(({ succeeded, failed }) => succeeded + failed));
  const [arrived, failed] = [
    sum(buckets, ({ succeeded }) => succeeded),
    sum(buckets, (bucket) => bucket.failed),
  ];
  const begin = (bucket: ActivityBucket): string => hourInFull(new Date(bucket.from), zone);
  const first = buckets[0];
  const last = buckets.at(-1);
  return (
    <figure className="bars">
      <figcaption>
        <span className="key good">{count(arrived)} arrived</span>
        <span className="key bad">
          ended as failed {count(failed)} {failed === 1 ? 'time' : 'times'}
        </span>
        <span className="quiet">
          in {over}
          {first && `, since ${begin(first)}`}
        </span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {buckets.map((bucket, at) => (
          <Bar
            key={bucket.from}
            {...{ bucket, at, most, width: WIDTH / buckets.length }}
            title={`${begin(bucket)}: ${bucket.succeeded} arrived, ${bucket.failed} ended as failed`}
          />
        ))}
      </svg>
      <div className="bars-axis quiet" aria-hidden="true">
        <span>{first && begin(first)}</span>
        <span>at most {count(most)} an hour</span>
        <span>{last && begin(last)}</span>
      </div>
      <details>
        <summary>As a table</summary>
        <BarTable buckets={buckets} begin={begin} over={over} />
      </details>
    </figure>
  );
}

interface BarTableProps extends Props {
  readonly begin: (bucket: ActivityBucket) => string;
}

const ANSWERS = ['2xx', '3xx', '4xx', '5xx', 'none'] as const;

function BarTable({ buckets, begin, over }: BarTableProps) {
  return (
    <Scroll label={`Deliveries in ${over}, by hour`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Hour</th>
            {['Arrived', 'Ended as failed', 'Attempts', 'Mean ms', ...ANSWERS.slice(0, -1), 'No answer'].map(
              (name) => (
                <th key={name} scope="col" className="number">
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {buckets.map((bucket) => (
            <tr key={bucket.from}>
              <th scope="row">{begin(bucket)}</th>
              <td className="number">{count(bucket.succeeded)}</td>
              <td className="number">{count(bucket.failed)}</td>
              <td className="number">{count(bucket.attempts)}</td>
              <td className="number">{bucket.mean_ms === null ? '–' : count(Math.round(bucket.mean_ms))}</td>
              {ANSWERS.map((answer) => (
                <td key={answer} className="number">
                  {count(bucket.by_answer[answer])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

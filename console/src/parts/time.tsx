import { useEffect } from 'preact/hooks';
import { fromNow, inFull, underHead } from '../lib/format-time.js';
import { usePreferences } from '../lib/preferences.js';
import { useRedraw } from '../lib/use-redraw.js';

const TICK_MS = 10_000;

/** The time, every ten seconds. */
export function useNow(): number {
  const draw = useRedraw();
  useEffect(() => {
    const timer = window.setInterval(draw, TICK_MS);
    return () => window.clearInterval(timer);
  }, []);
  return Date.now();
}

interface Props {
  /** RFC 3339; null = never. */
  readonly at: string | null;
  /** Without the zone, where a heading names it and it is the same. */
  readonly bare?: boolean;
  /** How long ago as well. */
  readonly relative?: boolean;
}

function Ago({ date }: { readonly date: Date }) {
  return <span className="quiet"> ({fromNow(date, useNow())})</span>;
}

/** A time to the second, in the zone that the user chose. */
export function Time({ at, bare = false, relative = false }: Props) {
  const { zone } = usePreferences();
  if (at === null) return <span className="quiet">–</span>;
  const date = new Date(at);
  return (
    <span className="time">
      <time dateTime={at} title={at}>
        {bare ? underHead(date, zone, new Date()) : inFull(date, zone)}
      </time>
      {relative && <Ago date={date} />}
    </span>
  );
}

/** Writes times out in sentences. */
export function useTimeInFull(): (at: string) => string {
  const { zone } = usePreferences();
  return (at) => inFull(new Date(at), zone);
}

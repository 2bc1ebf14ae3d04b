import type { QueryObserverResult } from '@tanstack/query-core';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { ApiError, type Wait } from '../api/call.js';
import { isGone, useNotRefreshed } from '../api/not-refreshed.js';
import { askedToWait } from '../api/use-query.js';
import { announce, useAnnounced } from './announce.js';
import { Time } from './time.js';

/** What is there in a moment need not be told of, ms. */
const LONG_MS = 1_000;

export function Loading({ what }: { readonly what: string }) {
  useEffect(() => {
    const timer = window.setTimeout(() => announce(`Loading ${what}`, 'loading'), LONG_MS);
    return () => window.clearTimeout(timer);
  }, [what]);
  return (
    <div className="state loading">
      <span className="spinner" aria-hidden="true" />
      Loading {what} …
    </div>
  );
}

/** Until when nothing is asked, because the service said so. */
function Until({ wait }: { readonly wait: Wait | undefined }) {
  if (!wait) return null;
  return (
    <p>
      It asks to wait until <Time at={wait.until} />. The console asks again then.
    </p>
  );
}

/** Something could not be read: what the service said, and a way to ask again. */
export function Problem({ error, again }: { readonly error: Error; readonly again?: () => void }) {
  const isUnreachable = error instanceof ApiError && error.status === 0;
  useAnnounced(error.message);
  return (
    <div className="state problem">
      <p>
        <strong>{error.message}</strong>
      </p>
      {isUnreachable && <p>Is it running? The console goes on by itself as soon as it answers.</p>}
      <Until wait={askedToWait(error)} />
      {again && (
        <button type="button" className="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What is shown looks as if it were of now: where it is not, one line says so, however much is concerned. */
export function NotRefreshed() {
  const stale = useNotRefreshed();
  const reason = stale?.reason;
  useAnnounced(reason === undefined ? undefined : `Not refreshed: ${reason}`);
  if (!stale) return null;
  return (
    <p className="note warn">
      <span>
        Not refreshed since <Time at={new Date(stale.since).toISOString()} />: {stale.reason}
        {stale.until !== undefined && (
          <>
            {' '}
            It is asked again at <Time at={stale.until} />.
          </>
        )}
      </span>
    </p>
  );
}

interface GoneProps {
  readonly of: QueryObserverResult;
  /** What it says then: `This event is no longer in the log.` */
  readonly children: string;
}

/** Somebody else removed what is shown. */
export function Gone({ of, children }: GoneProps) {
  const isOver = isGone(of.error);
  useAnnounced(isOver ? children : undefined);
  return isOver ? <p className="note bad">{children}</p> : null;
}

interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** Nothing matches, or there is nothing yet; what to do next stands inside. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div className="state empty">
      <p className="state-title">{title}</p>
      {children}
    </div>
  );
}

interface LoadedProps<T> {
  readonly of: QueryObserverResult<T>;
  readonly what: string;
  readonly children: (data: T) => ComponentChildren;
}

/** Loading, then a problem or the thing itself. What is there stays while it is read again. */
export function Loaded<T>({ of, what, children }: LoadedProps<T>) {
  const { data, error, refetch } = of;
  if (data !== undefined) return <>{children(data)}</>;
  if (error) return <Problem error={error} again={() => void refetch()} />;
  return <Loading what={what} />;
}

import { useLocation } from 'preact-iso/router';
import { announce } from './announce.js';
import { toHeading } from './page.js';

/** The rows change, and the link may be gone: whoever pressed it goes on at the top, and hears where. */
function turn(to: string): void {
  toHeading();
  announce(`${to} deliveries`);
}

interface Props {
  /** The query of this page, without its `?`. */
  readonly search: URLSearchParams;
  readonly next: string | null;
}

function withCursor(search: URLSearchParams, cursor: string | null): string {
  const own = new URLSearchParams(search);
  own.delete('cursor');
  if (cursor !== null) own.set('cursor', cursor);
  const text = own.toString();
  return `/console/deliveries${text === '' ? '' : `?${text}`}`;
}

/** Back to the newest, on to the older; back by one page is what the browser's own button does. */
export function Pager({ search, next }: Props) {
  const { back } = useLocation();
  const isFirst = !search.has('cursor');
  if (isFirst && next === null) return null;
  const goBack = (): void => {
    back();
    turn('Newer');
  };
  return (
    <nav className="pager" aria-label="Pages of the log">
      {!isFirst && (
        <>
          <a className="button" href={withCursor(search, null)} onClick={() => turn('Newest')}>
            « Newest
          </a>
          <button type="button" className="button" onClick={goBack}>
            ‹ Back
          </button>
        </>
      )}
      {next === null ? (
        <span className="quiet">This is the end of the log.</span>
      ) : (
        <a className="button" href={withCursor(search, next)} onClick={() => turn('Older')}>
          Older ›
        </a>
      )}
    </nav>
  );
}

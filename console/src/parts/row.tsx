import { useLocation } from 'preact-iso/router';
import type { ComponentChildren } from 'preact';
import type { Place, Still } from '../live/use-still.js';

interface Props {
  readonly href: string;
  readonly children: ComponentChildren;
}

const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('a, button, input, select, label') !== null;

/** A row that opens on a click anywhere; its link, which keyboards use, is in the first cell. */
export function Row({ href, children }: Props) {
  const { route } = useLocation();
  const onClick = (event: MouseEvent): void => {
    const { target, ctrlKey, metaKey, shiftKey, altKey } = event;
    // Whoever marks text wants to copy it.
    if (isControl(target) || String(getSelection()) !== '') return;
    // As with a link; what else these keys do, the link itself does.
    if (ctrlKey || metaKey) window.open(href, '_blank', 'noopener');
    else if (!shiftKey && !altKey) route(href);
  };
  return <tr onClick={onClick}>{children}</tr>;
}

interface LinkProps {
  readonly href: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}

export const RowLink = ({ href, label, children }: LinkProps) => (
  <a href={href} className="row-link" data-row aria-label={label}>
    {children}
  </a>
);

interface ScrollProps {
  readonly label: string;
  /** Of rows that keep still while somebody is there. */
  readonly place?: Place;
  readonly children: ComponentChildren;
}

/** What the rows do not show yet. */
export const HeldBack = ({ of: { isHeld } }: { readonly of: Pick<Still<unknown>, 'isHeld'> }) =>
  isHeld ? <p className="quiet">There are newer rows: they come when you leave this table.</p> : null;

/** A table that scrolls sideways by itself where the window is narrow, by keyboard as well. */
export function Scroll({ label, place, children }: ScrollProps) {
  return (
    <div className="scroll" role="region" aria-label={label} tabIndex={0} {...place}>
      {children}
    </div>
  );
}

import { useRef } from 'preact/hooks';
import { holdPlaces, isHeldBack } from '../lib/hold-places.js';
import { useRedraw } from '../lib/use-redraw.js';

/** What an element takes so that its rows stay where they are while the pointer or the focus is in it. */
export interface Place {
  readonly ref: (element: HTMLElement | null) => void;
  readonly onMouseLeave: () => void;
  readonly onBlurCapture: () => void;
}

export interface Still<T> {
  readonly rows: readonly T[];
  /** Whether others come as soon as it is left. */
  readonly isHeld: boolean;
  readonly place: Place;
}

/**
 * Rows that are read again and again must not move under the pointer of whoever is about to press one: while somebody
 * is there, each changes where it stands.
 *
 * @param asked what the user asked for; when that changes, so do the rows
 */
export function useStill<T extends { readonly id: string }>(latest: readonly T[], asked = ''): Still<T> {
  const draw = useRedraw();
  const ref = useRef<HTMLElement | null>(null);
  const before = useRef({ asked, rows: latest });
  const isThere = ref.current?.matches(':hover, :focus-within') === true;
  const rows = isThere && before.current.asked === asked ? holdPlaces(before.current.rows, latest) : latest;
  before.current = { asked, rows };
  const take = useRef((element: HTMLElement | null) => void (ref.current = element)).current;
  return {
    rows,
    isHeld: isHeldBack(rows, latest),
    place: { ref: take, onMouseLeave: draw, onBlurCapture: draw },
  };
}

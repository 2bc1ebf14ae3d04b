import { useEffect } from 'preact/hooks';
import { count } from '../lib/words.js';
import { announce } from './announce.js';
import { toHeading } from './page.js';

const MOST = 10_000;

interface Props {
  readonly fresh: number;
  /** How many of before belong into the list by now. */
  readonly changed: number;
  readonly onShow: () => void;
}

/** Says that there is more, and waits until somebody wants to see it. */
export function Pill({ fresh, changed, onShow }: Props) {
  const words = [
    fresh > 0 && `${count(fresh, fresh >= MOST)} new`,
    changed > 0 && `${count(changed, changed >= MOST)} changed`,
  ]
    .filter(Boolean)
    .join(', ');
  useEffect(() => {
    if (words !== '') announce(words, 'pill');
  }, [words]);
  if (words === '') return null;
  const show = (): void => {
    onShow();
    toHeading();
  };
  return (
    <div className="pill-place">
      <button type="button" className="pill" onClick={show}>
        {words} · show
      </button>
    </div>
  );
}

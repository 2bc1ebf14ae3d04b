import { useEffect } from 'preact/hooks';
import { count } from '../lib/words.js';
import { announce } from './announce.js';

const MOST = 10_000;

interface Props {
  readonly fresh: number;
  readonly onShow: () => void;
}

/** Says that there is more, and waits until somebody wants to see it. */
export function Pill({ fresh, onShow }: Props) {
  useEffect(() => {
    if (fresh > 0) announce(`${count(fresh, fresh >= MOST)} new`);
  }, [fresh]);
  if (fresh === 0) return null;
  return (
    <div className="pill-place">
      <button type="button" className="pill" onClick={onShow}>
        {count(fresh, fresh >= MOST)} new · show
      </button>
    </div>
  );
}

import { useEffect, useState } from 'preact/hooks';

/** A screen reader is not interrupted more often than this, ms. */
const REST_MS = 5_000;

let say: (text: string) => void = () => undefined;

/** Tells those who do not see the page what just happened. */
export const announce = (text: string): void => say(text);

/** The one live region of the console. */
export function Announcer() {
  const [text, setText] = useState('');
  useEffect(() => {
    let last = 0;
    let timer: number | undefined;
    say = (next) => {
      window.clearTimeout(timer);
      const rest = Math.max(0, last + REST_MS - Date.now());
      timer = window.setTimeout(() => {
        last = Date.now();
        setText(next);
      }, rest);
    };
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <div className="unseen" aria-live="polite">
      {text}
    </div>
  );
}

import { useEffect, useState } from 'preact/hooks';
import { announce } from './announce.js';

const SHOWN_MS = 2_000;

/** Also where a page has no clipboard: in plain http from another machine. */
async function copy(text: string): Promise<boolean> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard)
    return clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way that such a page has
  const isCopied = document.execCommand('copy');
  field.remove();
  return isCopied;
}

interface Props {
  readonly text: string;
  /** What is copied: `Copy the id`. */
  readonly label: string;
  readonly small?: boolean;
}

export function Copy({ text, label, small = false }: Props) {
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = window.setTimeout(() => setSaid(undefined), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [said]);
  const onClick = (): void => {
    void copy(text).then((isCopied) => {
      setSaid(isCopied ? 'Copied' : 'Not copied');
      announce(isCopied ? 'Copied' : 'The browser did not allow to copy');
    });
  };
  return (
    <button type="button" className={small ? 'button small' : 'button'} onClick={onClick}>
      {said ?? label}
    </button>
  );
}

import { useEffect, useState } from 'preact/hooks';
import { Copy } from './copy.js';
import { Confirm } from './dialog.js';
import { useRedraw } from '../lib/use-redraw.js';

interface Shown {
  readonly secret: string;
  readonly onStored: () => void;
}

/** Those that nobody has stored yet, the first is shown. */
let waiting: readonly Shown[] = [];
let draw: () => void = () => undefined;

/**
 * Shows a secret until somebody says that he has stored it: nobody can read it again. It belongs to no page, so it stays
 * when its page goes, also because the session has ended.
 */
export function showSecretOnce(secret: string, onStored: () => void): void {
  waiting = [...waiting, { secret, onStored }];
  draw();
}

/** Asks before the tab is closed or loaded anew. */
const holdTab = (event: BeforeUnloadEvent): void => event.preventDefault();

function Secret({ secret, onDone }: { readonly secret: string; readonly onDone: () => void }) {
  const [isStored, setStored] = useState(false);
  useEffect(() => {
    window.addEventListener('beforeunload', holdTab);
    return () => window.removeEventListener('beforeunload', holdTab);
  }, []);
  return (
    <Confirm
      title="The secret, this once"
      action="Done"
      disabled={!isStored}
      stays
      onConfirm={onDone}
      onClose={onDone}
    >
      <p>The receiver needs it to check signatures. The service never shows it again.</p>
      <p className="secret">
        <code className="breaks">{secret}</code> <Copy text={secret} label="Copy" small />
      </p>
      <label className="check">
        <input
          type="checkbox"
          checked={isStored}
          onChange={({ currentTarget }) => setStored(currentTarget.checked)}
        />
        I have stored it
      </label>
    </Confirm>
  );
}

/** Where secrets are shown: above all pages. */
export function SecretsOnce() {
  const drawAnew = useRedraw();
  useEffect(() => {
    draw = drawAnew;
    draw();
  }, []);
  const [first] = waiting;
  if (!first) return null;
  const onDone = (): void => {
    waiting = waiting.slice(1);
    draw();
    first.onStored();
  };
  return <Secret key={first.secret} secret={first.secret} onDone={onDone} />;
}

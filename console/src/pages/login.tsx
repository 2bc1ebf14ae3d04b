import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api/call.js';
import { readSession, signIn, type Session } from '../api/session.js';
import icon from '../icon.svg';
import { useAnnounced } from '../parts/announce.js';
import { refusal } from '../parts/refusal.js';

const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 401 || error.status === 403);

const NOT_KEPT =
  'The key is right, but the browser did not keep the session. Open the console by the https address that the service has as PUBLIC_URL, and allow it to set cookies.';

/** Signs in and looks whether it lasts: a browser drops a cookie that is for https where the page came by http. */
async function enter(key: string): Promise<Session> {
  await signIn(key).catch((error: unknown) => {
    throw isRefusal(error) ? new Error('This key is not accepted.') : error;
  });
  return readSession().catch((error: unknown) => {
    throw isRefusal(error) ? new Error(NOT_KEPT) : error;
  });
}

interface Props {
  readonly onSignedIn: (session: Session) => Promise<void>;
  /** Somebody was signed in, and did not leave by himself. */
  readonly hasEnded: boolean;
}

const ENDED = 'Your session has ended. Sign in again to go on.';

/** Shown when the service has keys and the browser has none. The key is sent once and kept nowhere here. */
export function Login({ onSignedIn, hasEnded }: Props) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  useAnnounced(problem ?? (hasEnded ? ENDED : undefined));
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // `autofocus` is for what a page begins with; whoever has just signed out has been on another.
    field.current?.focus();
    document.title = 'Sign in · Basset Hound Webhooks';
  }, []);
  const onSubmit = (event: SubmitEvent & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const key = new FormData(event.currentTarget).get('key');
    setBusy(true);
    setProblem(undefined);
    enter(typeof key === 'string' ? key.trim() : '')
      .then(onSignedIn)
      .catch((error: unknown) => {
        setProblem(refusal(error));
        setBusy(false);
      });
  };
  return (
    <main id="main" className="login">
      <img src={icon} width="48" height="48" alt="" />
      <h1>Basset Hound Webhooks</h1>
      <p className="quiet">
        {location.host}, version {import.meta.env['CONSOLE_VERSION']}
      </p>
      {hasEnded && <p className="note calm">{ENDED}</p>}
      <form onSubmit={onSubmit}>
        <label for="key">API key</label>
        <input
          ref={field}
          id="key"
          name="key"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          aria-invalid={problem !== undefined}
          aria-describedby="key-help"
        />
        <p id="key-help" className={problem === undefined ? 'help' : 'help bad'}>
          {problem ??
            'One of API_KEYS or READ_ONLY_API_KEYS of the service. It is not stored in the browser.'}
        </p>
        <button type="submit" className="button primary" disabled={busy}>
          {busy ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}

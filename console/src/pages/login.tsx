import { useEffect, useState } from 'preact/hooks';
import { ApiError } from '../api/call.js';
import { signIn } from '../api/session.js';
import icon from '../icon.svg';

function reason(error: unknown): string {
  if (error instanceof ApiError && (error.status === 401 || error.status === 403))
    return 'This key is not accepted.';
  return error instanceof Error ? error.message : String(error);
}

/** Shown when the service has keys and the browser has none. The key is sent once and kept nowhere here. */
export function Login({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = 'Sign in · Basset Hound Webhooks';
  }, []);
  const onSubmit = (event: SubmitEvent & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const key = new FormData(event.currentTarget).get('key');
    setBusy(true);
    signIn(typeof key === 'string' ? key.trim() : '').then(onSignedIn, (error: unknown) => {
      setProblem(reason(error));
      setBusy(false);
    });
  };
  return (
    <main id="main" className="login">
      <img src={icon} width="48" height="48" alt="" />
      <h1>Basset Hound Webhooks</h1>
      <p className="quiet">{location.host}</p>
      <form onSubmit={onSubmit}>
        <label for="key">API key</label>
        <input
          id="key"
          name="key"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          aria-invalid={problem !== undefined}
          aria-describedby="key-help"
        />
        <p
          id="key-help"
          className={problem === undefined ? 'help' : 'help bad'}
          role={problem === undefined ? undefined : 'alert'}
        >
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

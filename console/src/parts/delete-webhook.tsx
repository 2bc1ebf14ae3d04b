import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { send } from '../api/call.js';
import type { Webhook } from '../api/types.js';
import { queries } from '../api/use-query.js';
import { announce } from './announce.js';
import { Confirm } from './dialog.js';
import { refusal } from './refusal.js';

/** Asks for the name: what is deleted does not come back. */
export function DeleteWebhook({ webhook }: { readonly webhook: Webhook }) {
  const { route } = useLocation();
  const [isAsked, setAsked] = useState(false);
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string>();
  const remove = (): void => {
    setProblem(undefined);
    send('DELETE', `/webhooks/${webhook.id}`).then(
      () => {
        announce('Deleted');
        void queries.invalidateQueries({ queryKey: ['webhooks'] });
        route('/console/webhooks');
      },
      (error: unknown) => setProblem(refusal(error)),
    );
  };
  return (
    <section className="section danger-zone">
      <h2>Delete</h2>
      <p>What waits for it ends as failed. Its history can be read for one more day, then it is gone.</p>
      <button type="button" className="button danger" onClick={() => setAsked(true)}>
        Delete this webhook …
      </button>
      {isAsked && (
        <Confirm
          title="Delete this webhook?"
          action="Delete"
          danger
          problem={problem}
          disabled={typed !== webhook.name}
          onConfirm={remove}
          onClose={() => setAsked(false)}
        >
          <label className="field">
            <span>
              Type its name: <strong className="breaks">{webhook.name}</strong>
            </span>
            <input
              type="text"
              autocomplete="off"
              value={typed}
              onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            />
          </label>
        </Confirm>
      )}
    </section>
  );
}

import { useState } from 'preact/hooks';
import { send } from '../api/call.js';
import type { RotatedSecret, Webhook } from '../api/types.js';
import { queries } from '../api/use-query.js';
import { Confirm } from './dialog.js';
import { refusal } from './refusal.js';
import { showSecretOnce } from './secret-once.js';

const GRACES = [
  [86_400, 'one day'],
  [604_800, 'seven days'],
  [3_600, 'one hour'],
  [0, 'not at all: it is over now, as after a leak'],
] as const;

interface DialogProps {
  readonly webhook: Webhook;
  readonly onDone: (secret: string) => void;
  readonly onClose: () => void;
}

function RotateDialog({ webhook, onDone, onClose }: DialogProps) {
  const [grace, setGrace] = useState<number>(GRACES[0][0]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const rotate = (): void => {
    setBusy(true);
    setProblem(undefined);
    send<RotatedSecret>('POST', `/webhooks/${webhook.id}/secret/rotate`, {
      grace_period_seconds: grace,
    }).then(
      ({ secret }) => {
        void queries.invalidateQueries({ queryKey: ['webhook', webhook.id] });
        onDone(secret ?? '');
      },
      (error: unknown) => {
        setProblem(refusal(error));
        setBusy(false);
      },
    );
  };
  return (
    <Confirm
      title={`A new secret for ${webhook.name}`}
      action="Make a new secret"
      {...{ busy, problem, onClose }}
      onConfirm={rotate}
    >
      <p>
        Requests carry two signatures as long as the former secret signs along, so that the receiver can
        change over.
      </p>
      <label className="field">
        <span>The former secret signs along for</span>
        <select value={grace} onChange={({ currentTarget }) => setGrace(Number(currentTarget.value))}>
          {GRACES.map(([seconds, words]) => (
            <option key={seconds} value={seconds}>
              {words}
            </option>
          ))}
        </select>
      </label>
    </Confirm>
  );
}

export function Rotate({ webhook }: { readonly webhook: Webhook }) {
  const [isAsked, setAsked] = useState(false);
  const close = (): void => setAsked(false);
  const onDone = (secret: string): void => {
    close();
    showSecretOnce(secret, () => undefined);
  };
  return (
    <>
      <button type="button" className="button" onClick={() => setAsked(true)}>
        Rotate secret
      </button>
      {isAsked && <RotateDialog webhook={webhook} onClose={close} onDone={onDone} />}
    </>
  );
}

import { useState } from 'preact/hooks';
import { messageOf } from '../../../src/common/caught.js';
import { send } from '../api/call.js';
import type { RotatedSecret, Webhook } from '../api/types.js';
import { queries } from '../api/use-query.js';
import { Copy } from './copy.js';
import { Confirm } from './dialog.js';

const GRACES = [
  [86_400, 'one day'],
  [604_800, 'seven days'],
  [3_600, 'one hour'],
  [0, 'not at all: it is over now, as after a leak'],
] as const;

interface SecretProps {
  readonly secret: string;
  readonly onClose: () => void;
}

/** A secret, this once: nobody can read it again. */
export function SecretOnce({ secret, onClose }: SecretProps) {
  const [isStored, setStored] = useState(false);
  return (
    <Confirm
      title="The secret, this once"
      action="Done"
      disabled={!isStored}
      stays
      onConfirm={onClose}
      onClose={onClose}
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
    send<RotatedSecret>('POST', `/webhooks/${webhook.id}/secret/rotate`, {
      grace_period_seconds: grace,
    }).then(
      ({ secret }) => {
        void queries.invalidateQueries({ queryKey: ['webhook', webhook.id] });
        onDone(secret ?? '');
      },
      (error: unknown) => {
        setProblem(messageOf(error));
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
  const [state, setState] = useState<'asked' | { readonly secret: string }>();
  const close = (): void => setState(undefined);
  return (
    <>
      <button type="button" className="button" onClick={() => setState('asked')}>
        Rotate secret
      </button>
      {state === 'asked' && (
        <RotateDialog webhook={webhook} onClose={close} onDone={(secret) => setState({ secret })} />
      )}
      {typeof state === 'object' && <SecretOnce secret={state.secret} onClose={close} />}
    </>
  );
}

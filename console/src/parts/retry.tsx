import { useState } from 'preact/hooks';
import { messageOf } from '../../../src/common/caught.js';
import { useMayChange } from '../api/access.js';
import { send } from '../api/call.js';
import type { Delivery } from '../api/types.js';
import { queries } from '../api/use-query.js';
import { announce } from './announce.js';
import { Confirm } from './dialog.js';

/** At the end of the address of a delivery: whoever comes by it wants to send it again. */
export const ASK_TO_RETRY = '#retry';

const REASONS: Readonly<Record<string, string>> = {
  pending: 'It waits for its first attempt.',
  sending: 'It is being sent now.',
  success:
    'It arrived. Receivers fold repeats by webhook-id, so a repeat would change nothing; use curl to send it by hand.',
};

interface AskProps {
  readonly delivery: Delivery;
  readonly onClose: () => void;
}

function Ask({ delivery, onClose }: AskProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const retry = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const after = await send<Delivery>('POST', `/webhooks/deliveries/${delivery.id}/retry`);
      announce(after.status === 'success' ? 'It arrived' : 'It did not arrive');
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(false);
      for (const name of ['delivery', 'attempts'])
        void queries.invalidateQueries({ queryKey: [name, delivery.id] });
    }
  };
  return (
    <Confirm
      {...{ busy, problem, onClose }}
      title="Send it again now?"
      action="Retry"
      onConfirm={() => void retry()}
    >
      <p>
        The same body goes out at once, with the same webhook-id. If it fails, a fresh retry schedule begins.
      </p>
    </Confirm>
  );
}

/** Sends a delivery again where the service allows that, and says why not where it does not. */
export function Retry({ delivery }: { readonly delivery: Delivery }) {
  const mayChange = useMayChange();
  const reason = REASONS[delivery.status];
  const [isAsked, setAsked] = useState(location.hash === ASK_TO_RETRY && reason === undefined);
  if (!mayChange) return null;
  const close = (): void => {
    setAsked(false);
    if (location.hash === ASK_TO_RETRY) history.replaceState(null, '', location.pathname);
  };
  return (
    <>
      <button
        type="button"
        className="button primary"
        data-retry
        aria-disabled={reason !== undefined}
        title={reason}
        onClick={() => setAsked(reason === undefined)}
      >
        Retry
      </button>
      {isAsked && <Ask delivery={delivery} onClose={close} />}
    </>
  );
}

import { useId, useState } from 'preact/hooks';
import { useMayChange } from '../api/access.js';
import { send } from '../api/call.js';
import type { Delivery } from '../api/types.js';
import { queries } from '../api/use-query.js';
import { whyNoRetry } from '../lib/why-no-retry.js';
import type { KnownWebhook } from '../lib/what-was-sent.js';
import { announce } from './announce.js';
import { Confirm } from './dialog.js';
import { refusal } from './refusal.js';

/** At the end of the address of a delivery: whoever comes by it wants to send it again. */
export const ASK_TO_RETRY = '#retry';

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
      setProblem(refusal(error));
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

interface RetryProps {
  readonly delivery: Delivery;
  readonly webhook: KnownWebhook;
}

/** Sends a delivery again where the service allows that, and says why not where it does not. */
export function Retry({ delivery, webhook }: RetryProps) {
  const mayChange = useMayChange();
  const id = useId();
  const reason = whyNoRetry(delivery.status, webhook);
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
        aria-describedby={reason === undefined ? undefined : id}
        onClick={() => setAsked(reason === undefined)}
      >
        Retry
      </button>
      {reason !== undefined && (
        <p id={id} className="help why">
          {reason}
        </p>
      )}
      {isAsked && <Ask delivery={delivery} onClose={close} />}
    </>
  );
}

import { useState } from 'preact/hooks';
import { useMayChange } from '../api/access.js';
import { send } from '../api/call.js';
import type { Recovery, Webhook } from '../api/types.js';
import { queries, useQuery } from '../api/use-query.js';
import { counted } from '../lib/words.js';
import { announce, useAnnounced } from './announce.js';
import { Confirm } from './dialog.js';
import { Moment } from './moment.js';
import { refusal } from './refusal.js';

interface DialogProps {
  readonly webhook: Webhook;
  readonly onClose: () => void;
}

const recover = (id: string, since: string, dry_run: boolean): Promise<Recovery> =>
  send<Recovery>('POST', `/webhooks/${id}/recover`, { since: since === '' ? null : since, dry_run });

const foundWords = (number: number): string =>
  `${counted(number, 'delivery', 'deliveries')} would be sent again.`;

/** Says how many it would be before it does anything. */
function RecoverDialog({ webhook, onClose }: DialogProps) {
  const [since, setSince] = useState(webhook.missed_since ?? webhook.created_at);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const would = useQuery({
    key: ['would-recover', webhook.id, since],
    read: () => recover(webhook.id, since, true),
  });
  const number = would.data?.would_requeue;
  const found = would.error?.message ?? (number === undefined ? undefined : foundWords(number));
  useAnnounced(found);
  const onConfirm = (): void => {
    setBusy(true);
    setProblem(undefined);
    recover(webhook.id, since, false).then(
      ({ requeued }) => {
        announce(`${counted(requeued, 'delivery', 'deliveries')} wait again`);
        queries.removeQueries({ queryKey: ['would-recover'] });
        void queries.invalidateQueries();
        onClose();
      },
      (error: unknown) => {
        setProblem(refusal(error));
        setBusy(false);
      },
    );
  };
  return (
    <Confirm
      title={`Recover ${webhook.name}`}
      action={number === undefined ? 'Recover' : `Send ${counted(number, 'delivery', 'deliveries')} again`}
      {...{ busy, problem, onConfirm, onClose, disabled: number === undefined || number === 0 }}
    >
      <p>Deliveries that ended as failed are queued again, oldest first, with a fresh retry schedule.</p>
      <Moment label="Created since" required value={since} onChoose={(value) => setSince(value ?? since)} />
      <p>{found ?? 'Counting …'}</p>
    </Confirm>
  );
}

export function Recover({ webhook }: { readonly webhook: Webhook }) {
  const mayChange = useMayChange();
  const [isAsked, setAsked] = useState(false);
  if (!mayChange) return null;
  return (
    <>
      <button type="button" className="button" onClick={() => setAsked(true)}>
        Recover …
      </button>
      {isAsked && <RecoverDialog webhook={webhook} onClose={() => setAsked(false)} />}
    </>
  );
}

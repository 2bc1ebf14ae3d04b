import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { hearIn, useAnnounced } from './announce.js';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  /** Escape does not close it: what it shows is not shown again. */
  readonly stays?: boolean;
  readonly children: ComponentChildren;
}

/** The browser's own dialog: it keeps the focus inside and gives it back. Shown as long as it is there. */
export function Dialog({ title, onClose, stays = false, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    const own = dialog.current;
    const around = own?.parentElement?.closest('dialog') ?? document.body;
    own?.showModal();
    if (own) hearIn(own);
    return () => {
      hearIn(around);
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (stays && event.key === 'Escape') event.preventDefault();
      }}
      onCancel={(event) => {
        if (stays) event.preventDefault();
      }}
      // Browsers let nobody keep a dialog open by `cancel` alone: the second time in a row it is closed all the same.
      onClose={() => (stays ? dialog.current?.showModal() : onClose())}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

interface ConfirmProps extends Props {
  readonly action: string;
  readonly onConfirm: () => void;
  readonly busy?: boolean;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Why it could not be done. */
  readonly problem?: string | undefined;
}

/** Asks before something is done. */
export function Confirm(props: ConfirmProps) {
  const {
    action,
    onConfirm,
    onClose,
    busy = false,
    danger = false,
    disabled = false,
    stays = false,
    problem,
    children,
    title,
  } = props;
  useAnnounced(problem);
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!busy && !disabled) onConfirm();
  };
  return (
    <Dialog {...{ title, onClose, stays }}>
      <form onSubmit={onSubmit}>
        {children}
        {problem !== undefined && <p className="bad">{problem}</p>}
        <div className="dialog-actions">
          {!stays && (
            <button type="button" className="button" onClick={onClose}>
              Cancel
            </button>
          )}
          <button
            type="submit"
            className={danger ? 'button danger' : 'button primary'}
            disabled={busy || disabled}
          >
            {busy ? 'Working …' : action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

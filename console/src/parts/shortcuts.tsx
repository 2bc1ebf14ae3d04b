import { useLocation } from 'preact-iso/router';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useMayChange } from '../api/access.js';
import { preferences, prefer, usePreferences } from '../lib/preferences.js';
import { Dialog } from './dialog.js';
import { ASK_TO_RETRY } from './retry.js';

const GO: Readonly<Record<string, string>> = {
  o: '/console/',
  w: '/console/webhooks',
  d: '/console/deliveries',
  e: '/console/emit',
};

const HELP = [
  ['/', 'Go to the filter'],
  ['j  k', 'Next and previous row'],
  ['Enter', 'Open the row'],
  ['r', 'Retry this delivery, or that of the row (asks first)'],
  ['g o', 'Overview'],
  ['g w', 'Webhooks'],
  ['g d', 'Deliveries'],
  ['g e', 'Emit'],
  ['?', 'This help'],
] as const;

/** How long `g` waits for the letter after it, ms. */
const SECOND_KEY_MS = 1_500;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The row of a delivery: to send it again is asked on its page, where one sees why it failed. */
const isDelivery = (target: EventTarget | null): target is HTMLAnchorElement =>
  target instanceof HTMLAnchorElement &&
  target.dataset['row'] !== undefined &&
  target.pathname.startsWith('/console/deliveries/');

/** Moves the focus to the next or former row of the table. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by;
  rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
}

function act(key: string): boolean {
  if (key === '/')
    (
      document.querySelector<HTMLElement>('[data-filter]') ??
      document.querySelector<HTMLElement>('.find input')
    )?.focus();
  else if (key === 'j' || key === 'k') step(key === 'j' ? 1 : -1);
  else if (key === 'r') document.querySelector<HTMLElement>('[data-retry]')?.click();
  else return false;
  return true;
}

export function Shortcuts() {
  const { route } = useLocation();
  const mayChange = useMayChange();
  const [isHelp, setHelp] = useState(false);
  const wentAt = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      if (preferences().shortcuts === 'off' || ctrlKey || metaKey || altKey || isTyping(target)) return;
      if (document.querySelector('dialog[open]')) return;
      if (!mayChange && (key === 'r' || key === 'e')) return;
      const place = Date.now() - wentAt.current < SECOND_KEY_MS ? GO[key] : undefined;
      wentAt.current = key === 'g' ? Date.now() : 0;
      if (place !== undefined) route(place);
      else if (key === 'r' && isDelivery(target)) route(`${target.pathname}${ASK_TO_RETRY}`);
      else if (key === '?') setHelp(true);
      else if (!act(key)) return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [route, mayChange]);
  return isHelp ? <Help onClose={() => setHelp(false)} /> : null;
}

/** What changes something. */
const CHANGES: readonly string[] = ['r', 'g e'];

function Help({ onClose }: { readonly onClose: () => void }) {
  const mayChange = useMayChange();
  const { shortcuts } = usePreferences();
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <dl className="keys">
        {HELP.filter(([keys]) => mayChange || !CHANGES.includes(keys)).map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input
          type="checkbox"
          checked={shortcuts === 'on'}
          onChange={({ currentTarget }) => prefer('shortcuts', currentTarget.checked ? 'on' : 'off')}
        />
        Single keys do something
      </label>
      <form method="dialog" className="dialog-actions">
        <button type="submit" className="button">
          Close
        </button>
      </form>
    </Dialog>
  );
}

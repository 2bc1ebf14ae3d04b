import { useLocation } from 'preact-iso/router';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { SessionContext, useMayChange } from '../api/access.js';
import { signOut } from '../api/session.js';
import icon from '../icon.svg';
import { tellOthersOfLeaving } from '../lib/other-tabs.js';
import { prefer, usePreferences, type Preferences } from '../lib/preferences.js';
import { useFeedState } from '../live/use-feed.js';
import type { FeedState } from '../live/connection.js';
import { announce, useAnnounced } from './announce.js';
import { refusal } from './refusal.js';

const EMIT = '/console/emit';

const PLACES = [
  ['/console/', 'Overview'],
  ['/console/webhooks', 'Webhooks'],
  ['/console/deliveries', 'Deliveries'],
  [EMIT, 'Emit'],
] as const;

function isWithin(path: string, place: string): boolean {
  const bare = place.replace(/\/$/, '');
  return bare === '/console' ? path === '/console' || path === '/console/' : path.startsWith(bare);
}

function Navigation() {
  const { path } = useLocation();
  const mayChange = useMayChange();
  const places = PLACES.filter(([place]) => mayChange || place !== EMIT);
  return (
    <nav aria-label="Pages">
      {places.map(([place, name]) => (
        <a key={place} href={place} aria-current={isWithin(path, place) ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}

const FEED_WORDS: Readonly<Record<FeedState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  paused: 'Paused',
};

function Live() {
  const state = useFeedState();
  const before = useRef(state);
  useEffect(() => {
    // Once it is there, that it comes and goes is news.
    if (before.current !== state && before.current !== 'connecting') announce(FEED_WORDS[state], 'feed');
    before.current = state;
  }, [state]);
  return (
    <span className={`feed-state ${state}`} title="Whether news of the service arrives by itself">
      {FEED_WORDS[state]}
    </span>
  );
}

function Find() {
  const { route } = useLocation();
  const onSubmit = (event: SubmitEvent & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const id = new FormData(event.currentTarget).get('id');
    if (typeof id !== 'string' || id.trim() === '') return;
    event.currentTarget.reset();
    route(`/console/find?id=${encodeURIComponent(id.trim())}`);
  };
  return (
    <form className="find" role="search" onSubmit={onSubmit}>
      <input
        name="id"
        type="search"
        aria-label="Find by id"
        placeholder="Delivery or event id"
        spellcheck={false}
      />
    </form>
  );
}

interface ChoiceProps<N extends keyof Preferences> {
  readonly name: N;
  readonly label: string;
  readonly choices: readonly (readonly [Preferences[N], string])[];
}

function Choice<N extends keyof Preferences>({ name, label, choices }: ChoiceProps<N>) {
  const current = usePreferences()[name];
  return (
    <fieldset className="choice">
      <legend>{label}</legend>
      {choices.map(([value, word]) => (
        <label key={value}>
          <input type="radio" name={name} checked={current === value} onChange={() => prefer(name, value)} />
          {word}
        </label>
      ))}
    </fieldset>
  );
}

const OFFSET = -new Date().getTimezoneOffset() / 60;

function Choices() {
  return (
    <>
      <Choice
        name="zone"
        label="Times"
        choices={[
          ['utc', 'UTC'],
          ['local', `Local (UTC${OFFSET < 0 ? '−' : '+'}${Math.abs(OFFSET)})`],
        ]}
      />
      <Choice
        name="theme"
        label="Theme"
        choices={[
          ['system', 'As the system'],
          ['light', 'Light'],
          ['dark', 'Dark'],
        ]}
      />
      <Choice
        name="shortcuts"
        label="Keyboard shortcuts"
        choices={[
          ['on', 'On'],
          ['off', 'Off'],
        ]}
      />
    </>
  );
}

function SignOut({ onLeave }: { readonly onLeave: () => void }) {
  const [reason, setReason] = useState<string>();
  const problem = reason === undefined ? undefined : `You are still signed in: ${reason}`;
  useAnnounced(problem);
  const leave = (): void => {
    setReason(undefined);
    signOut().then(
      () => {
        tellOthersOfLeaving();
        onLeave();
      },
      (error: unknown) => setReason(refusal(error)),
    );
  };
  return (
    <>
      <button type="button" className="button" onClick={leave}>
        Sign out
      </button>
      {problem !== undefined && <p className="bad">{problem}</p>}
    </>
  );
}

function Menu({ onLeave }: { readonly onLeave: () => void }) {
  const session = useContext(SessionContext);
  return (
    <>
      <button type="button" className="button small" popovertarget="menu">
        {session?.caller ?? 'Display'}
        {session?.read_only === true && <span className="quiet"> (read only)</span>}
      </button>
      <div id="menu" popover="auto" className="menu">
        <Choices />
        <a href="/docs" target="_blank" rel="noreferrer">
          API documentation
        </a>
        {session?.expires_at != null && <SignOut onLeave={onLeave} />}
      </div>
    </>
  );
}

export function TopBar({ onLeave }: { readonly onLeave: () => void }) {
  return (
    <header className="top">
      <a className="brand" href="/console/">
        <img src={icon} width="26" height="26" alt="" />
        <span>Basset Hound Webhooks</span>
      </a>
      <Navigation />
      <div className="top-tools">
        <Live />
        <Find />
        <Menu onLeave={onLeave} />
      </div>
    </header>
  );
}

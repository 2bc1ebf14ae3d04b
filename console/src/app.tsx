import type { FunctionComponent } from 'preact';
import { LocationProvider, Route, Router, useLocation, useRoute } from 'preact-iso/router';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { SessionContext } from './api/access.js';
import { ApiError, onSignedOut } from './api/call.js';
import { readFirst } from './api/first-reads.js';
import { readSession, type Session } from './api/session.js';
import { mayHelp, pauseAfter, queries } from './api/use-query.js';
import { isUuid } from './lib/is-uuid.js';
import { onOthersLeaving } from './lib/other-tabs.js';
import { Feed } from './live/feed.js';
import { FeedContext } from './live/use-feed.js';
import { DeliveriesPage } from './pages/deliveries.js';
import { DeliveryPage } from './pages/delivery.js';
import { EmitPage } from './pages/emit.js';
import { EventPage } from './pages/event.js';
import { FindPage } from './pages/find.js';
import { Login } from './pages/login.js';
import { NotFound } from './pages/not-found.js';
import { Overview } from './pages/overview.js';
import { EditWebhook, NewWebhook } from './pages/webhook-form.js';
import { WebhookPage } from './pages/webhook.js';
import { WebhooksPage } from './pages/webhooks.js';
import { hearIn } from './parts/announce.js';
import { Boundary } from './parts/boundary.js';
import { SecretsOnce } from './parts/secret-once.js';
import { Shortcuts } from './parts/shortcuts.js';
import { Loading, Problem } from './parts/states.js';
import { TopBar } from './parts/top-bar.js';

/** What has another id is no page: the API would answer with something else. */
const withId = (Page: FunctionComponent) =>
  function WithId() {
    return isUuid(useRoute().params['id'] ?? '') ? <Page /> : <NotFound />;
  };

const OneWebhook = withId(WebhookPage);
const OneWebhooksSettings = withId(EditWebhook);
const OneDelivery = withId(DeliveryPage);

function Pages() {
  const { path } = useLocation();
  return (
    <Boundary path={path}>
      <Router>
        <Route path="/console" component={Overview} />
        <Route path="/console/webhooks" component={WebhooksPage} />
        <Route path="/console/webhooks/new" component={NewWebhook} />
        <Route path="/console/webhooks/:id" component={OneWebhook} />
        <Route path="/console/webhooks/:id/settings" component={OneWebhooksSettings} />
        <Route path="/console/deliveries" component={DeliveriesPage} />
        <Route path="/console/deliveries/:id" component={OneDelivery} />
        <Route path="/console/events/:id" component={EventPage} />
        <Route path="/console/emit" component={EmitPage} />
        <Route path="/console/find" component={FindPage} />
        <Route path="/console/login" component={Overview} />
        <Route default component={NotFound} />
      </Router>
    </Boundary>
  );
}

/** What somebody who is signed in sees. */
function Inside({ onLeave }: { readonly onLeave: () => void }) {
  const feed = useMemo(() => new Feed(), []);
  useEffect(() => () => feed.close(), [feed]);
  return (
    <FeedContext.Provider value={feed}>
      <LocationProvider scope="/console">
        <a className="skip" href="#main">
          Skip to the content
        </a>
        <TopBar onLeave={onLeave} />
        <Pages />
        <Shortcuts />
      </LocationProvider>
    </FeedContext.Provider>
  );
}

/** `ended` = there was somebody, whose session is over. */
type State = Session | 'unknown' | 'nobody' | 'ended' | Error;

/** Asked for before anything is drawn: all that is shown waits for it. */
let asked: Promise<Session> | undefined = readSession();
// Whoever waits for it hears of a failure.
asked.catch(() => undefined);

function askedSession(): Promise<Session> {
  const session = asked ?? readSession();
  asked = undefined;
  return session;
}

const isRefusal = (error: unknown): boolean => error instanceof ApiError && error.status === 401;

/** Lets those in who may see something. */
function Door() {
  const [state, setState] = useState<State>('unknown');
  const failures = useRef(0);
  const enter = async (session: Session): Promise<void> => {
    await readFirst();
    setState(session);
  };
  const look = (): void => {
    askedSession().then(enter, (error: unknown) => {
      setState(isRefusal(error) ? 'nobody' : error instanceof Error ? error : new Error(String(error)));
    });
  };
  const leave = (): void => {
    queries.clear();
    setState('nobody');
  };
  const end = (): void => {
    queries.clear();
    setState((before) => (typeof before === 'object' ? 'ended' : before));
  };
  useLayoutEffect(() => {
    onSignedOut(end);
    look();
    return onOthersLeaving(leave);
  }, []);
  useEffect(() => {
    if (!(state instanceof Error) || !mayHelp(state)) return undefined;
    const timer = window.setTimeout(look, pauseAfter((failures.current += 1), state));
    return () => window.clearTimeout(timer);
  }, [state]);
  if (state === 'unknown') return <Loading what="the console" />;
  if (state === 'nobody' || state === 'ended')
    return <Login onSignedIn={enter} hasEnded={state === 'ended'} />;
  if (state instanceof Error) return <Problem error={state} again={look} />;
  return (
    <SessionContext.Provider value={state}>
      <Inside onLeave={leave} />
    </SessionContext.Provider>
  );
}

export function App() {
  // It must be there before what it is to tell.
  useLayoutEffect(() => hearIn(document.body), []);
  return (
    <>
      <Door />
      <SecretsOnce />
    </>
  );
}

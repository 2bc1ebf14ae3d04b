import { useLocation, useRoute } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { useMayChange } from '../api/access.js';
import { ApiError, get, send, type FieldError } from '../api/call.js';
import { useWebhook } from '../api/queries.js';
import type { CreatedWebhook, Format, Webhook } from '../api/types.js';
import { queries, useQuery } from '../api/use-query.js';
import {
  draftOf,
  draftProblems,
  EMPTY_DRAFT,
  placesOf,
  toBody,
  toPatch,
  withoutPlace,
  type WebhookDraft,
} from '../lib/webhook-draft.js';
import { useAnnounced } from '../parts/announce.js';
import { DeleteWebhook } from '../parts/delete-webhook.js';
import { Headers } from '../parts/header-fields.js';
import { Page, Section } from '../parts/page.js';
import { LivePreview } from '../parts/preview.js';
import { refusal } from '../parts/refusal.js';
import { showSecretOnce } from '../parts/secret-once.js';
import { Empty, Loaded } from '../parts/states.js';
import {
  Basics,
  Description,
  FormatFields,
  Pace,
  Signing,
  SigningKept,
  Subscription,
} from '../parts/webhook-fields.js';

const useFormats = () =>
  useQuery({
    key: ['formats'],
    read: (signal) => get<{ readonly formats: readonly Format[] }>('/webhooks/formats', signal),
    still: true,
  });

interface FormProps {
  readonly initial: WebhookDraft;
  readonly action: string;
  /** undefined = it is a new one. */
  readonly webhook?: Webhook;
  readonly onSave: (draft: WebhookDraft, hasFormats: boolean) => Promise<void>;
}

/** What a service that is older than formats has not got is not asked for. */
function useHasFormats(): { readonly formats: readonly Format[]; readonly hasFormats: boolean } {
  const { data } = useFormats();
  return { formats: data?.formats ?? [], hasFormats: data !== undefined };
}

function whatIsWrong(problem: Error): { readonly text: string; readonly errors: readonly FieldError[] } {
  return { text: refusal(problem), errors: problem instanceof ApiError ? problem.errors : [] };
}

interface WrongProps {
  readonly problem: Error;
  readonly draft: WebhookDraft;
  readonly formats: readonly Format[];
}

/** That something is wrong, and what of it no field says. */
function Wrong({ problem, draft, formats }: WrongProps) {
  const { text, errors } = whatIsWrong(problem);
  const schema = formats.find(({ format }) => format === draft.format)?.options_schema;
  const others = withoutPlace(errors, placesOf(draft, Object.keys(schema?.properties ?? {})));
  const says = errors.length > 0 ? 'Some fields are not right yet.' : text;
  useAnnounced([says, ...others].join(' '), problem);
  return (
    <div className="note bad">
      <p>{says}</p>
      {others.map((other) => (
        <p key={other}>{other}</p>
      ))}
    </div>
  );
}

/** Nothing is sent that the form itself knows to be wrong. */
function checked(draft: WebhookDraft, save: () => Promise<void>): Promise<void> {
  const problems = draftProblems(draft);
  return problems.length === 0 ? save() : Promise.reject(new ApiError(422, 'Not sent.', problems));
}

/** The first field that is wrong gets the focus, so that it is seen and heard. */
const showFirstProblem = (form: HTMLFormElement): number =>
  window.setTimeout(() => {
    const wrong = form.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid="true"]');
    const inGroup = wrong?.querySelector<HTMLElement>('input');
    (inGroup ?? wrong)?.focus();
  });

function WebhookForm({ initial, action, webhook, onSave }: FormProps) {
  const { formats, hasFormats } = useHasFormats();
  const [draft, setDraft] = useState(initial);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Error>();
  const fields = {
    draft,
    errors: problem ? whatIsWrong(problem).errors : [],
    onChange: (change: Partial<WebhookDraft>) => setDraft((before) => ({ ...before, ...change })),
  };
  const onSubmit = (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    checked(draft, () => onSave(draft, hasFormats)).catch((error: unknown) => {
      setProblem(error instanceof Error ? error : new Error(String(error)));
      setBusy(false);
      showFirstProblem(form);
    });
  };
  return (
    <div className="columns">
      <form className="form" onSubmit={onSubmit}>
        {problem && <Wrong {...{ problem, draft, formats }} />}
        {hasFormats && (
          <p className="to-beside">
            <a href="#preview">See what would be sent</a>
          </p>
        )}
        <Basics {...fields} />
        {hasFormats && <FormatFields {...fields} formats={formats} />}
        <Subscription {...fields} hasFilter={hasFormats} />
        {webhook ? <SigningKept signed={webhook.has_secret} /> : <Signing {...fields} />}
        <Headers {...fields} />
        <Description {...fields} />
        <Pace {...fields} hasFormats={hasFormats} />
        <div className="form-actions">
          <button type="submit" className="button primary" disabled={busy}>
            {busy ? 'Saving …' : action}
          </button>
          <a className="button" href={webhook ? `/console/webhooks/${webhook.id}` : '/console/webhooks'}>
            Cancel
          </a>
        </div>
      </form>
      {hasFormats && (
        <Section title="What would be sent" beside="preview">
          <LivePreview {...previewOf(draft, webhook, draft === initial)} />
        </Section>
      )}
    </div>
  );
}

/** Of a webhook as it is stored the service knows more than the form: what is shown as *** here. */
function previewOf(draft: WebhookDraft, webhook: Webhook | undefined, isAsStored: boolean) {
  if (webhook && isAsStored) return { path: `/webhooks/${webhook.id}/preview`, body: {} };
  // A secret that is kept, or that is typed, is not needed: what it signs is shown as ***.
  const signing = draft.signing === 'none' || webhook?.has_secret === false ? 'none' : 'generate';
  return { path: '/webhooks/preview', body: toBody({ ...draft, signing }, true) };
}

function ReadOnly() {
  return <Empty title="Your key may only look">Changing webhooks needs one of API_KEYS.</Empty>;
}

export function NewWebhook() {
  const { route } = useLocation();
  const mayChange = useMayChange();
  const open = (webhook: Webhook): void => route(`/console/webhooks/${webhook.id}`);
  const onSave = async (draft: WebhookDraft, hasFormats: boolean): Promise<void> => {
    const webhook = await send<CreatedWebhook>('POST', '/webhooks', toBody(draft, hasFormats));
    void queries.invalidateQueries({ queryKey: ['webhooks'] });
    if (webhook.secret === undefined) open(webhook);
    else showSecretOnce(webhook.secret, () => open(webhook));
  };
  return (
    <Page title="New webhook" within={<a href="/console/webhooks">Webhooks</a>}>
      {mayChange ? <WebhookForm initial={EMPTY_DRAFT} action="Create" onSave={onSave} /> : <ReadOnly />}
    </Page>
  );
}

function Edit({ webhook }: { readonly webhook: Webhook }) {
  const { route } = useLocation();
  const [initial] = useState(() => draftOf(webhook));
  const onSave = async (draft: WebhookDraft, hasFormats: boolean): Promise<void> => {
    const patch = toPatch(initial, draft, hasFormats);
    if (Object.keys(patch).length > 0) await send('PATCH', `/webhooks/${webhook.id}`, patch);
    await queries.invalidateQueries({ queryKey: ['webhook', webhook.id] });
    void queries.invalidateQueries({ queryKey: ['webhooks'] });
    route(`/console/webhooks/${webhook.id}`);
  };
  return (
    <>
      <WebhookForm initial={initial} action="Save" webhook={webhook} onSave={onSave} />
      <DeleteWebhook webhook={webhook} />
    </>
  );
}

export function EditWebhook() {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const mayChange = useMayChange();
  const webhook = useWebhook(id);
  const within = (
    <>
      <a href="/console/webhooks">Webhooks</a> /{' '}
      <a href={`/console/webhooks/${id}`}>{webhook.data?.name ?? id}</a>
    </>
  );
  return (
    <Page title="Settings" within={within}>
      {mayChange ? (
        <Loaded of={webhook} what="the webhook">
          {(data) => <Edit webhook={data} key={id} />}
        </Loaded>
      ) : (
        <ReadOnly />
      )}
    </Page>
  );
}

import { useEffect, useRef, useState } from 'preact/hooks';
import { withData } from '../../../src/common/json/with-data.js';
import { useMayChange } from '../api/access.js';
import { send } from '../api/call.js';
import { useEventTypes } from '../api/queries.js';
import type { RecordedEvent } from '../api/types.js';
import { OwnId } from '../lib/own-id.js';
import { dataProblem } from '../lib/recipients.js';
import { counted } from '../lib/words.js';
import { useAnnounced } from '../parts/announce.js';
import { Page, Section } from '../parts/page.js';
import { Recipients, useMatch } from '../parts/recipients.js';
import { refusal } from '../parts/refusal.js';
import { Empty } from '../parts/states.js';

interface Draft {
  readonly event: string;
  readonly project: string;
  readonly data: string;
  readonly id: string;
}

interface FormProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

function Data({ draft, onChange, example }: FormProps & { readonly example: object | undefined }) {
  const problem = dataProblem(draft.data);
  return (
    <>
      <label className="field">
        <span>Data</span>
        <textarea
          className="code"
          rows={8}
          spellcheck={false}
          value={draft.data}
          aria-invalid={problem !== undefined}
          aria-describedby="data-problem"
          onInput={({ currentTarget }) => onChange({ ...draft, data: currentTarget.value })}
        />
      </label>
      <p id="data-problem" className={problem === undefined ? 'help' : 'help bad'}>
        {problem ?? 'Goes out byte for byte, but for white space.'}
      </p>
      {example && (
        <p>
          <button
            type="button"
            className="button small"
            onClick={() => onChange({ ...draft, data: JSON.stringify(example, null, 2) })}
          >
            Use the example of this type
          </button>
        </p>
      )}
    </>
  );
}

function Fields({ draft, onChange }: FormProps) {
  const types = useEventTypes().data?.events ?? [];
  const example = types.find(({ event }) => event === draft.event)?.example;
  return (
    <>
      <label className="field">
        <span>Event</span>
        <select
          required
          data-filter
          value={draft.event}
          onChange={({ currentTarget }) => onChange({ ...draft, event: currentTarget.value })}
        >
          <option value="">Choose …</option>
          {types.map(({ event }) => (
            <option key={event}>{event}</option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>Project</span>
        <input
          type="text"
          maxLength={255}
          value={draft.project}
          placeholder="None: only global webhooks get it"
          onInput={({ currentTarget }) => onChange({ ...draft, project: currentTarget.value })}
        />
      </label>
      <Data draft={draft} onChange={onChange} example={example} />
      <label className="field">
        <span>Id (may be left empty)</span>
        <input
          type="text"
          className="code"
          maxLength={128}
          value={draft.id}
          placeholder="One is made"
          onInput={({ currentTarget }) => onChange({ ...draft, id: currentTarget.value })}
        />
      </label>
      <p className="help">Sent twice with the same id, it is one event.</p>
    </>
  );
}

function Outcome({ of }: { readonly of: RecordedEvent | Error | undefined }) {
  const deliveries =
    of && !(of instanceof Error) ? counted(of.delivery_ids.length, 'delivery', 'deliveries') : '';
  useAnnounced(of instanceof Error ? refusal(of) : of && `Accepted: ${deliveries} on disk.`);
  if (of === undefined) return null;
  if (of instanceof Error) return <p className="note bad">{refusal(of)}</p>;
  return (
    <p className="note good">
      Accepted: <a href={`/console/events/${encodeURIComponent(of.event_id)}`}>{deliveries}</a> on disk.
    </p>
  );
}

/** The text of the data goes along as it is written: numbers keep their digits. */
async function emit({ event, project, data, id }: Draft): Promise<RecordedEvent> {
  const rest = { event, ...(project !== '' && { project_id: project }), ...(id !== '' && { id }) };
  return send<RecordedEvent>('POST', '/events', withData(rest, data));
}

/** Waits with a value until it has not changed for a while. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), 300);
    return () => window.clearTimeout(timer);
  }, [value]);
  return settled;
}

type Emitted = RecordedEvent | Error | 'busy' | undefined;

/** Emits one event, however often it is asked to before the answer is there. */
function useEmit(): readonly [Emitted, (draft: Draft) => void] {
  const [emitted, setEmitted] = useState<Emitted>();
  const ownId = useRef(new OwnId()).current;
  // A second press comes before the button is drawn anew.
  const isBusy = useRef(false);
  const end = (outcome: RecordedEvent | Error): void => {
    isBusy.current = false;
    setEmitted(outcome);
  };
  const begin = (draft: Draft): void => {
    if (isBusy.current) return;
    isBusy.current = true;
    setEmitted('busy');
    emit({ ...draft, id: draft.id === '' ? ownId.of(JSON.stringify(draft)) : draft.id }).then(
      (recorded) => {
        ownId.renew();
        end(recorded);
      },
      (error: unknown) => end(error instanceof Error ? error : new Error(String(error))),
    );
  };
  return [emitted, begin];
}

function EmitForm() {
  const [draft, setDraft] = useState<Draft>({ event: '', project: '', data: '{}', id: '' });
  const [emitted, begin] = useEmit();
  const meant = {
    event: draft.event,
    project: useSettled(draft.project),
    data: useSettled(draft.data),
  };
  const match = useMatch(meant);
  // Nobody emits before he has seen who gets it.
  const isSeen = match.data !== undefined && meant.project === draft.project && meant.data === draft.data;
  const isReady = isSeen && dataProblem(draft.data) === undefined;
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isReady) begin(draft);
  };
  return (
    <form className="columns" onSubmit={onSubmit}>
      <div className="form">
        <Fields draft={draft} onChange={setDraft} />
      </div>
      <div>
        <Section title="Who will get it">
          <Recipients {...meant} />
        </Section>
        <button
          type="submit"
          className="button primary"
          disabled={!isReady}
          // A double click is one: the answer to the first may be there before the second.
          onClick={(event) => event.detail > 1 && event.preventDefault()}
        >
          {emitted === 'busy' ? 'Working …' : 'Emit'}
        </button>
        {emitted !== 'busy' && <Outcome of={emitted} />}
      </div>
    </form>
  );
}

export function EmitPage() {
  const mayChange = useMayChange();
  return (
    <Page title="Emit an event">
      {mayChange ? (
        <EmitForm />
      ) : (
        <Empty title="Your key may only look">Emitting needs one of API_KEYS.</Empty>
      )}
    </Page>
  );
}

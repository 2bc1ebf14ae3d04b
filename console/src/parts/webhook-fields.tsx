import type { FieldError } from '../api/call.js';
import type { Format } from '../api/types.js';
import { delays, problemAt, type Retries, type WebhookDraft } from '../lib/webhook-draft.js';
import { EventTree } from './event-tree.js';
import { Field, NumberField, TextField } from './field.js';
import { SchemaForm } from './schema-form.js';

export interface FieldsProps {
  readonly draft: WebhookDraft;
  readonly errors: readonly FieldError[];
  readonly onChange: (change: Partial<WebhookDraft>) => void;
}

export function Basics({ draft, errors, onChange }: FieldsProps) {
  return (
    <>
      <TextField
        label="Name"
        value={draft.name}
        maxLength={100}
        required
        problem={problemAt(errors, 'name')}
        onChange={(name) => onChange({ name })}
      />
      <TextField
        label="URL"
        value={draft.url}
        maxLength={2048}
        required
        code
        help="Where events are sent, as https://example.com/hooks/basset"
        problem={problemAt(errors, 'url')}
        onChange={(url) => onChange({ url })}
      />
    </>
  );
}

/** For people; nothing depends on it, so it stands behind what does. */
export function Description({ draft, errors, onChange }: FieldsProps) {
  return (
    <TextField
      label="Description"
      value={draft.description}
      maxLength={500}
      help="What it is for, and who to ask. For people; it is never sent."
      problem={problemAt(errors, 'description')}
      onChange={(description) => onChange({ description })}
    />
  );
}

interface FormatProps extends FieldsProps {
  readonly formats: readonly Format[];
}

/** The receiver's language, and what can be chosen in it. */
export function FormatFields({ draft, errors, onChange, formats }: FormatProps) {
  const format = formats.find((each) => each.format === draft.format);
  return (
    <>
      <Field
        label="Format"
        help={format?.url_rule ?? 'What the receiver understands.'}
        problem={problemAt(errors, 'format')}
      >
        {(ids) => (
          <select
            {...ids}
            value={draft.format}
            onChange={({ currentTarget }) => onChange({ format: currentTarget.value, format_options: {} })}
          >
            {formats.map(({ format: name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Field>
      {format && Object.keys(format.options_schema.properties ?? {}).length > 0 && (
        <details open={format.format !== 'basset' || Object.keys(draft.format_options).length > 0}>
          <summary>Options of {format.title}</summary>
          <SchemaForm
            key={draft.format}
            schema={format.options_schema}
            value={draft.format_options}
            errors={errors}
            onChange={(format_options) => onChange({ format_options })}
          />
        </details>
      )}
    </>
  );
}

export function Subscription({
  draft,
  errors,
  onChange,
  hasFilter,
}: FieldsProps & { readonly hasFilter: boolean }) {
  const problem = problemAt(errors, 'events');
  return (
    <>
      <fieldset className="field group" aria-describedby="events-help" data-invalid={problem !== ''}>
        <legend>Events</legend>
        <EventTree chosen={draft.events} onChange={(events) => onChange({ events })} />
        <p id="events-help" className={problem === '' ? 'help' : 'help bad'}>
          {problem}
        </p>
      </fieldset>
      <TextField
        label="Project"
        value={draft.project_id}
        maxLength={255}
        help="Only events of this project (its id or safe name). Empty = of all projects, and those without one."
        problem={problemAt(errors, 'project_id')}
        onChange={(project_id) => onChange({ project_id })}
      />
      {hasFilter && (
        <TextField
          label="Filter"
          value={draft.filter}
          maxLength={1024}
          code
          help={
            <>
              Only events for which this is true, as <code>data.type == 'person' && data.risk &gt;= 7</code>.
              Empty = all.
            </>
          }
          problem={problemAt(errors, 'filter')}
          onChange={(filter) => onChange({ filter })}
        />
      )}
    </>
  );
}

const WAYS = [
  ['generate', 'Make a secret (recommended). It is shown once.'],
  ['own', 'Use a secret of my own'],
  ['none', 'Do not sign: the receiver cannot tell who is calling'],
] as const;

/** Of a webhook that is there the secret is changed on its page, where the former one can sign along for a while. */
export function SigningKept({ signed }: { readonly signed: boolean }) {
  return (
    <div className="field">
      <span>Signature</span>
      <p className="help">
        {signed ? 'Requests are signed.' : 'Requests are not signed.'} “Rotate secret” on the page of the
        webhook makes {signed ? 'another' : 'a'} secret.
      </p>
    </div>
  );
}

export function Signing({ draft, errors, onChange }: FieldsProps) {
  return (
    <fieldset className="field group">
      <legend>Signature</legend>
      {WAYS.map(([way, words]) => (
        <label key={way} className="check">
          <input
            type="radio"
            name="signing"
            checked={draft.signing === way}
            onChange={() => onChange({ signing: way })}
          />
          {words}
        </label>
      ))}
      {draft.signing === 'own' && (
        <TextField
          label="Secret"
          hidden
          value={draft.secret}
          maxLength={1024}
          required
          help="whsec_… as in Standard Webhooks, or any text. It cannot be read again."
          problem={problemAt(errors, 'secret')}
          onChange={(secret) => onChange({ secret })}
        />
      )}
    </fieldset>
  );
}

const RETRY_FIELDS = [
  ['max_retries', 'Retries', 0, 10, 1],
  ['initial_delay', 'First delay (s)', 0.1, 60, 'any'],
  ['backoff_multiplier', 'Each delay is longer by', 1, 10, 'any'],
  ['max_delay', 'Longest delay (s)', 1, 3600, 'any'],
] as const satisfies readonly (readonly [keyof Retries, string, number, number, number | 'any'])[];

export function Pace({
  draft,
  errors,
  onChange,
  hasFormats,
}: FieldsProps & { readonly hasFormats: boolean }) {
  const { retry_config } = draft;
  const isBad =
    problemAt(errors, 'retry_config') !== '' || problemAt(errors, 'max_requests_per_second') !== '';
  return (
    <details open={isBad}>
      <summary>
        Retries: {retry_config.max_retries === 0 ? 'none' : `after ${delays(retry_config)} s`}
      </summary>
      <div className="field-row">
        {RETRY_FIELDS.map(([name, label, min, max, step]) => (
          <NumberField
            key={name}
            {...{ label, min, max, step }}
            value={retry_config[name]}
            problem={problemAt(errors, 'retry_config', name)}
            onChange={(value) => onChange({ retry_config: { ...retry_config, [name]: value } })}
          />
        ))}
      </div>
      {hasFormats && (
        <TextField
          label="At most so many requests a second"
          value={draft.max_requests_per_second}
          help="Empty = the pace of the format or the service."
          problem={problemAt(errors, 'max_requests_per_second')}
          onChange={(max_requests_per_second) => onChange({ max_requests_per_second })}
        />
      )}
    </details>
  );
}

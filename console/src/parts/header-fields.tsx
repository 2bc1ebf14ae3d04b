import { useId, useRef } from 'preact/hooks';
import { problemAt, problemOf } from '../lib/webhook-draft.js';
import type { FieldsProps } from './webhook-fields.js';

export function Headers({ draft, errors, onChange }: FieldsProps) {
  const adding = useRef<HTMLButtonElement>(null);
  const set = (at: number, entry: readonly [string, string]): void =>
    onChange({ headers: draft.headers.map((each, index) => (index === at ? entry : each)) });
  const remove = (at: number): void => {
    onChange({ headers: draft.headers.filter((_, index) => index !== at) });
    // The button that had the focus goes with the last row.
    if (at === draft.headers.length - 1) adding.current?.focus();
  };
  const of = (name: string): string => (name === '' ? '' : problemAt(errors, 'headers', name));
  // What names no header is about all of them.
  const whole = problemOf(errors, 'headers');
  const named = draft.headers.map(([name]) => of(name) && `${name}: ${of(name)}`);
  const problem = [whole, ...named].filter((each) => each !== '').join('; ');
  const helpId = useId();
  const marks = (name: string) => ({
    'aria-invalid': whole !== '' || of(name) !== '',
    'aria-describedby': helpId,
  });
  return (
    <fieldset className="field group">
      <legend>Headers</legend>
      {draft.headers.map(([name, value], at) => (
        <div key={at} className="header-row">
          <input
            className="code"
            aria-label={`Name of header ${at + 1}`}
            {...marks(name)}
            value={name}
            onInput={({ currentTarget }) => set(at, [currentTarget.value, value])}
          />
          <input
            className="code"
            aria-label={`Value of header ${at + 1}`}
            {...marks(name)}
            value={value}
            onInput={({ currentTarget }) => set(at, [name, currentTarget.value])}
          />
          <button type="button" className="button small" onClick={() => remove(at)}>
            Remove<span className="unseen"> header {at + 1}</span>
          </button>
        </div>
      ))}
      <button
        ref={adding}
        type="button"
        className="button small"
        onClick={() => onChange({ headers: [...draft.headers, ['', '']] })}
      >
        Add a header
      </button>
      <p id={helpId} className={problem === '' ? 'help' : 'help bad'}>
        {problem === ''
          ? 'Such as Authorization. Values are encrypted at rest and come back as ***, which keeps them.'
          : problem}
      </p>
    </fieldset>
  );
}

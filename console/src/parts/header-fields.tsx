import { useRef } from 'preact/hooks';
import { problemAt } from '../lib/webhook-draft.js';
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
  const problem = problemAt(errors, 'headers');
  return (
    <fieldset className="field group">
      <legend>Headers</legend>
      {draft.headers.map(([name, value], at) => (
        <div key={at} className="header-row">
          <input
            className="code"
            aria-label={`Name of header ${at + 1}`}
            value={name}
            onInput={({ currentTarget }) => set(at, [currentTarget.value, value])}
          />
          <input
            className="code"
            aria-label={`Value of header ${at + 1}`}
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
      <p className={problem === '' ? 'help' : 'help bad'}>
        {problem === ''
          ? 'Such as Authorization. Values are encrypted at rest and come back as ***, which keeps them.'
          : problem}
      </p>
    </fieldset>
  );
}

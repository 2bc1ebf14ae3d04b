import { useEffect, useRef } from 'preact/hooks';
import { forField, fromField, zoneName } from '../lib/format-time.js';
import { usePreferences } from '../lib/preferences.js';

interface Props {
  readonly label: string;
  /** RFC 3339; undefined = none. */
  readonly value: string | undefined;
  /** It may not be emptied. */
  readonly required?: boolean;
  /** undefined = it was emptied. */
  readonly onChoose: (value: string | undefined) => void;
}

/**
 * A time to the second. A browser tells of each digit of the year as if it were the year: so it counts when the field
 * is left, or at Enter.
 */
export function Moment({ label, value, required = false, onChoose }: Props) {
  const { zone } = usePreferences();
  const date = value === undefined ? undefined : new Date(value);
  const given = date ? forField(date, zone) : '';
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.value = given;
  }, [given]);
  const commit = (field: HTMLInputElement): void => {
    const chosen = fromField(field.value, zone);
    if (field.value === given) return;
    // What is half a time, or before there were computers, is no wish to have none.
    const isEmptied = field.value === '' && !field.validity.badInput && !required;
    if (chosen !== undefined || isEmptied) onChoose(chosen);
    else field.value = given;
  };
  return (
    <label className="field">
      <span>
        {label} ({zoneName(date ?? new Date(), zone)})
      </span>
      <input
        type="datetime-local"
        step="1"
        ref={input}
        required={required}
        defaultValue={given}
        onBlur={({ currentTarget }) => commit(currentTarget)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          commit(event.currentTarget);
        }}
      />
    </label>
  );
}

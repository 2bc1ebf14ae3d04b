import { useEventTypes } from '../api/queries.js';

interface Props {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

const familyOf = (event: string): string => event.split('.')[0] ?? event;

function families(events: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  const names = [...new Set(events.map(familyOf))];
  return names.map((name) => [name, events.filter((event) => familyOf(event) === name)]);
}

interface CheckProps {
  readonly value: string;
  readonly label: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onToggle: (value: string) => void;
}

function Check({ value, label, checked, disabled = false, onToggle }: CheckProps) {
  return (
    <label className="check code">
      <input type="checkbox" checked={checked} disabled={disabled} onChange={() => onToggle(value)} />
      {label}
    </label>
  );
}

/** All, whole families, or single events. What a larger choice covers is shown as chosen and cannot be taken out. */
export function EventTree({ chosen, onChange }: Props) {
  const types = useEventTypes().data?.events.map(({ event }) => event) ?? [];
  const has = (value: string): boolean => chosen.includes(value);
  const toggle = (value: string): void => {
    if (has(value)) onChange(chosen.filter((each) => each !== value));
    else if (value === '*') onChange(['*']);
    else if (value.endsWith('.*'))
      onChange([...chosen.filter((each) => familyOf(each) !== familyOf(value)), value]);
    else onChange([...chosen, value]);
  };
  return (
    <div className="event-tree">
      <Check value="*" label="* all events, also those to come" checked={has('*')} onToggle={toggle} />
      <div className="event-families">
        {families(types).map(([family, events]) => (
          <fieldset key={family} disabled={has('*')}>
            <legend className="unseen">{family}</legend>
            <Check
              value={`${family}.*`}
              label={`${family}.*`}
              checked={has('*') || has(`${family}.*`)}
              onToggle={toggle}
            />
            {events.map((event) => (
              <Check
                key={event}
                value={event}
                label={event}
                checked={has('*') || has(`${family}.*`) || has(event)}
                disabled={has(`${family}.*`)}
                onToggle={toggle}
              />
            ))}
          </fieldset>
        ))}
      </div>
    </div>
  );
}

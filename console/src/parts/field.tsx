import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly help?: ComponentChildren;
  readonly problem?: string;
  readonly children: (ids: {
    readonly id: string;
    readonly 'aria-describedby': string;
    readonly 'aria-invalid': boolean;
  }) => ComponentChildren;
}

/** A label, what is entered, and below it what is wrong or what helps. */
export function Field({ label, help, problem = '', children }: FieldProps) {
  const id = useId();
  const helpId = `${id}-help`;
  const isBad = problem !== '';
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': helpId, 'aria-invalid': isBad })}
      <p id={helpId} className={isBad ? 'help bad' : 'help'}>
        {isBad ? problem : help}
      </p>
    </div>
  );
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: ComponentChildren;
  readonly problem?: string;
  readonly required?: boolean;
  readonly maxLength?: number;
  /** What is entered is not shown. */
  readonly hidden?: boolean;
  readonly code?: boolean;
}

export function TextField({
  label,
  value,
  onChange,
  help,
  problem,
  code = false,
  hidden = false,
  ...rest
}: TextProps) {
  return (
    <Field label={label} help={help} {...(problem !== undefined && { problem })}>
      {(ids) => (
        <input
          {...ids}
          {...rest}
          {...(hidden ? { type: 'password' } : { type: 'text' })}
          className={code ? 'code' : undefined}
          value={value}
          spellcheck={!code}
          autocomplete="off"
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface NumberProps {
  readonly label: string;
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | 'any';
  readonly problem?: string;
  readonly help?: ComponentChildren;
  readonly onChange: (value: number) => void;
}

export function NumberField({ label, value, onChange, problem, help, ...rest }: NumberProps) {
  // As it is typed: "1." and "" are on the way to a number. The form is not sent as long as it is none.
  const [text, setText] = useState(String(value));
  return (
    <Field label={label} help={help} {...(problem !== undefined && { problem })}>
      {(ids) => (
        <input
          {...ids}
          {...rest}
          type="number"
          required
          value={text}
          onInput={({ currentTarget }) => {
            if (!currentTarget.validity.badInput) setText(currentTarget.value);
            if (currentTarget.value !== '') onChange(Number(currentTarget.value));
          }}
        />
      )}
    </Field>
  );
}

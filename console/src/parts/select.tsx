interface SelectProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly choices: readonly (readonly [string, string])[];
  readonly onChoose: (value: string) => void;
  readonly first?: boolean;
}

/** A choice among the filters of a list. */
export function Select({ label, value = '', choices, onChoose, first = false }: SelectProps) {
  // What the address says is shown, also where it is none of the choices.
  const all = choices.some(([choice]) => choice === value) ? choices : [...choices, [value, value] as const];
  return (
    <label className="field">
      <span>{label}</span>
      <select
        value={value}
        data-filter={first}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      >
        {all.map(([choice, word]) => (
          <option key={choice} value={choice}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}

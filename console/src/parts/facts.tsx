import type { ComponentChildren } from 'preact';

interface Props {
  readonly of: readonly (readonly [name: string, value: ComponentChildren])[];
}

/** Names and values, as many beside each other as there is room for. */
export function Facts({ of }: Props) {
  return (
    <dl className="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

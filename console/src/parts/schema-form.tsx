import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { FieldError } from '../api/call.js';
import type { Schema } from '../api/types.js';
import { problemAt } from '../lib/webhook-draft.js';
import { Field, TextField } from './field.js';

type Options = Readonly<Record<string, unknown>>;

interface Props {
  readonly schema: Schema;
  readonly value: Options;
  readonly errors: readonly FieldError[];
  readonly onChange: (value: Options) => void;
}

interface OptionProps {
  readonly name: string;
  readonly schema: Schema;
  readonly value: unknown;
  readonly problem: string;
  readonly required: boolean;
  /** undefined = left to the default. */
  readonly onChange: (value: unknown) => void;
}

function typeOf(schema: Schema): string {
  if (schema.enum) return 'enum';
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const [type = 'json'] = types.filter((each) => each !== 'null');
  if (
    type === 'array' &&
    schema.items &&
    ['string', undefined].includes(schema.items.type as string | undefined) &&
    !schema.items.properties
  )
    return 'lines';
  return ['array', 'object'].includes(type) ? 'json' : type;
}

const words = (name: string): string =>
  name
    .replaceAll('_', ' ')
    .replace(/\burl\b/, 'URL')
    .replace(/^./, (first) => first.toUpperCase());

const byDefault = ({ default: value }: Schema): string | undefined =>
  value === undefined || value === null ? undefined : JSON.stringify(value);

/** What is between backticks in a description is code. */
const written = (text: string): ComponentChildren =>
  text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));

function help(schema: Schema, ...more: readonly string[]): ComponentChildren {
  const value = byDefault(schema);
  const texts = [schema.description, ...more, value === undefined ? undefined : `Default: \`${value}\`.`];
  return written(texts.filter((text) => text !== undefined).join(' '));
}

const asText = (value: unknown): string =>
  value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : JSON.stringify(value, null, 2);

function SelectOption({ name, schema, value, problem, onChange }: OptionProps) {
  const choices = schema.enum ?? [];
  const initial = byDefault(schema)?.replaceAll('"', '');
  return (
    <Field label={schema.title ?? words(name)} help={written(schema.description ?? '')} problem={problem}>
      {(ids) => (
        <select
          {...ids}
          value={choices.indexOf(value)}
          onChange={({ currentTarget }) => onChange(choices[Number(currentTarget.value)])}
        >
          <option value={-1}>{`Default${initial === undefined ? '' : `: ${initial}`}`}</option>
          {choices.map((choice, at) => (
            <option key={at} value={at}>
              {String(choice)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function FlagOption(props: OptionProps) {
  const onChange = (value: unknown): void => props.onChange(value);
  return <SelectOption {...props} schema={{ ...props.schema, enum: [true, false] }} onChange={onChange} />;
}

function LinesOption({ name, schema, value, problem, onChange }: OptionProps) {
  const lines = Array.isArray(value) ? value.map(String) : [];
  const [text, setText] = useState(lines.join('\n'));
  const change = (next: string): void => {
    setText(next);
    const given = next.split('\n').map((line) => line.trim());
    onChange(next === '' ? undefined : given.filter((line) => line !== ''));
  };
  return (
    <Field label={schema.title ?? words(name)} help={help(schema, 'One on each line.')} problem={problem}>
      {(ids) => (
        <textarea
          {...ids}
          rows={3}
          value={text}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      )}
    </Field>
  );
}

function JsonOption({ name, schema, value, problem, onChange }: OptionProps) {
  const [text, setText] = useState(asText(value));
  const [own, setOwn] = useState('');
  const change = (next: string): void => {
    setText(next);
    // What is no JSON goes out as text, which the service refuses: it must not look as if it were saved.
    try {
      onChange(next.trim() === '' ? undefined : (JSON.parse(next) as unknown));
      setOwn('');
    } catch (error) {
      onChange(next);
      setOwn(error instanceof Error ? error.message : 'This is no JSON.');
    }
  };
  return (
    <Field
      label={schema.title ?? words(name)}
      help={help(schema, 'JSON.')}
      problem={own === '' ? problem : own}
    >
      {(ids) => (
        <textarea
          {...ids}
          className="code"
          rows={8}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** What is typed stays as it is typed; what is no number goes out as text, which the service refuses at this field. */
function NumberOption(props: OptionProps & { readonly help: ComponentChildren }) {
  const { name, schema, value, problem, required, onChange } = props;
  const [text, setText] = useState(asText(value));
  const isNumber = !Number.isNaN(Number(text));
  const change = (next: string): void => {
    setText(next);
    const number = Number(next);
    onChange(next.trim() === '' ? undefined : Number.isNaN(number) ? next : number);
  };
  return (
    <TextField
      {...{ label: schema.title ?? words(name), help: props.help, required, value: text }}
      problem={isNumber ? problem : 'This is no number.'}
      onChange={change}
    />
  );
}

function Option(props: OptionProps) {
  const { name, schema, value, problem, required, onChange } = props;
  const hidden = schema.writeOnly === true;
  const common = { label: schema.title ?? words(name), help: help(schema), problem, required, hidden };
  switch (typeOf(schema)) {
    case 'enum':
      return <SelectOption {...props} />;
    case 'boolean':
      return <FlagOption {...props} />;
    case 'lines':
      return <LinesOption {...props} />;
    case 'number':
    case 'integer':
      return <NumberOption {...props} help={help(schema)} />;
    case 'string':
      return (
        <TextField
          {...common}
          value={asText(value)}
          onChange={(text) => onChange(text === '' ? undefined : text)}
        />
      );
    default:
      return <JsonOption {...props} />;
  }
}

/** The options of a format, from the JSON Schema with which the service itself checks them. */
export function SchemaForm({ schema, value, errors, onChange }: Props) {
  const options = Object.entries(schema.properties ?? {});
  if (options.length === 0) return <p className="help">This format has no options.</p>;
  const change = (name: string) => (next: unknown) => {
    const rest = Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
    onChange(next === undefined ? rest : { ...rest, [name]: next });
  };
  return (
    <>
      {options.map(([name, option]) => (
        <Option
          key={name}
          {...{ name, schema: option, value: value[name] }}
          required={schema.required?.includes(name) ?? false}
          problem={problemAt(errors, 'format_options', name)}
          onChange={change(name)}
        />
      ))}
    </>
  );
}

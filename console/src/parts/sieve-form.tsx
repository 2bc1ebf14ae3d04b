import type { Sieve } from '../lib/sieve.js';
import { CONDITION_WORDS } from '../lib/webhook-state.js';
import { Select } from './select.js';

const STATES = [
  ['', 'Any state'],
  ['attention', 'Needs attention'],
  ...Object.entries(CONDITION_WORDS),
] as const;
const PROJECTS = [
  ['', 'Any project'],
  ['none', 'All projects (global)'],
] as const;

interface SieveProps {
  readonly sieve: Sieve;
  readonly projects: readonly string[];
  readonly onChange: (sieve: Sieve) => void;
}

/** What one types and chooses to find webhooks. */
export function SieveForm({ sieve, projects, onChange }: SieveProps) {
  return (
    <form
      className="filters"
      role="search"
      aria-label="Filter webhooks"
      onSubmit={(event) => event.preventDefault()}
    >
      <label className="field wide">
        <span>Name, URL or event</span>
        <input
          type="search"
          data-filter
          value={sieve.text}
          onInput={({ currentTarget }) => onChange({ ...sieve, text: currentTarget.value })}
        />
      </label>
      <Select
        label="State"
        value={sieve.state}
        choices={STATES}
        onChoose={(state) => onChange({ ...sieve, state })}
      />
      <Select
        label="Project"
        value={sieve.project}
        choices={[...PROJECTS, ...projects.map((project) => [`=${project}`, project] as const)]}
        onChoose={(project) => onChange({ ...sieve, project })}
      />
    </form>
  );
}

import type { Sieve } from '../lib/sieve.js';
import { CONDITION_WORDS } from '../lib/webhook-state.js';

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
      <label className="field">
        <span>State</span>
        <select
          value={sieve.state}
          onChange={({ currentTarget }) => onChange({ ...sieve, state: currentTarget.value })}
        >
          <option value="">Any state</option>
          <option value="attention">Needs attention</option>
          {Object.entries(CONDITION_WORDS).map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>Project</span>
        <select
          value={sieve.project}
          onChange={({ currentTarget }) => onChange({ ...sieve, project: currentTarget.value })}
        >
          <option value="">Any project</option>
          <option value="none">All projects (global)</option>
          {projects.map((project) => (
            <option key={project} value={`=${project}`}>
              {project}
            </option>
          ))}
        </select>
      </label>
    </form>
  );
}

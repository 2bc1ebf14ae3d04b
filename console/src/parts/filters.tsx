import { useLocation } from 'preact-iso/router';
import { useEventTypes } from '../api/queries.js';
import type { Webhook } from '../api/types.js';
import { RANGES, type DeliveryFilter } from '../lib/delivery-filter.js';
import { Moment } from './moment.js';
import { Select } from './select.js';

const STATUSES = [
  ['', 'Any status'],
  ['failed', 'Failed'],
  ['retrying', 'Retrying'],
  ['pending', 'Pending'],
  ['sending', 'Sending'],
  ['success', 'Success'],
] as const;

interface Props {
  readonly filter: DeliveryFilter;
  readonly webhooks: readonly Webhook[];
}

/** The filters of the log. They are in the address, so that a view can be sent to somebody. */
export function Filters({ filter, webhooks }: Props) {
  const { route } = useLocation();
  const types = useEventTypes().data?.events ?? [];
  const chooseIn = (name: keyof DeliveryFilter, value: string, replace?: boolean): void => {
    const given = Object.entries({ ...filter, cursor: '', [name]: value.trim() });
    const search = new URLSearchParams(given.filter(([, each]) => each !== '')).toString();
    route(`/console/deliveries${search === '' ? '' : `?${search}`}`, replace);
  };
  const choose = (name: keyof DeliveryFilter) => (value: string) => chooseIn(name, value);
  // One that feels for a time makes no history.
  const feel = (name: 'since' | 'until') => (value: string | undefined) => chooseIn(name, value ?? '', true);
  return (
    <form
      className="filters"
      role="search"
      aria-label="Filter deliveries"
      onSubmit={(event) => event.preventDefault()}
    >
      <Select label="Status" value={filter.status} choices={STATUSES} onChoose={choose('status')} first />
      <Select
        label="Webhook"
        value={filter.webhook_id}
        choices={[['', 'Any webhook'], ...webhooks.map(({ id, name }) => [id, name] as const)]}
        onChoose={choose('webhook_id')}
      />
      <Select
        label="Event"
        value={filter.event}
        choices={[['', 'Any event'], ...types.map(({ event }) => [event, event] as const)]}
        onChoose={choose('event')}
      />
      <label className="field">
        <span>Project</span>
        <input
          type="text"
          key={filter.project_id}
          defaultValue={filter.project_id}
          placeholder="Any project"
          onChange={({ currentTarget }) => choose('project_id')(currentTarget.value)}
        />
      </label>
      <Select label="Time" value={filter.range} choices={RANGES} onChoose={choose('range')} />
      {filter.range === 'exact' && (
        <>
          <Moment label="From" value={filter.since} onChoose={feel('since')} />
          <Moment label="To" value={filter.until} onChoose={feel('until')} />
        </>
      )}
    </form>
  );
}

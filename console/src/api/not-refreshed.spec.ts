import { QueryClient, QueryObserver } from '@tanstack/query-core';
import { ApiError } from './call.js';
import { notRefreshed } from './not-refreshed.js';

const answers = new Map<string, () => unknown>();
const client = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } });

async function shown(name: string, answer: () => unknown): Promise<void> {
  answers.set(name, answer);
  const queryFn = () => Promise.resolve().then(() => answers.get(name)?.());
  const observer = new QueryObserver(client, { queryKey: [name], queryFn });
  observer.subscribe(() => undefined);
  await observer.refetch();
}

const refuse = (status: number, message: string) => () => {
  throw new ApiError(status, message);
};

/** Reads all again, `name` with this answer. */
async function again(name: string, answer: () => unknown): Promise<void> {
  answers.set(name, answer);
  await client.refetchQueries();
}

afterEach(() => client.clear());

it('says since when what is shown was not read again, and why', async () => {
  await shown('stats', () => 1);
  await shown('webhooks', () => 2);
  expect(notRefreshed(client)).toBeUndefined();
  const since = client.getQueryState(['stats'])?.dataUpdatedAt;
  await again('stats', refuse(503, 'Neo4j is away.'));
  expect(notRefreshed(client)).toEqual({ since, reason: 'Neo4j is away.' });
  await again('stats', () => 3);
  expect(notRefreshed(client)).toBeUndefined();
});

it('says nothing of what was never there, what nobody sees, and what is gone', async () => {
  await shown('never', refuse(503, 'Neo4j is away.'));
  await shown('gone', () => 1);
  await again('gone', refuse(404, 'There is none.'));
  client.setQueryData(['unseen'], 1);
  expect(notRefreshed(client)).toBeUndefined();
});

import type { Delivery } from '../api/types.js';

type Answered = Pick<Delivery, 'response_code' | 'error_message'>;

/** What came back: a status code, or why none did. */
export function Answer({ of }: { readonly of: Answered }) {
  const { response_code, error_message } = of;
  if (response_code !== null) return <span className="code">{response_code}</span>;
  if (error_message !== null) return <span>{error_message}</span>;
  return <span className="quiet">–</span>;
}

import { rawMembers } from '../common/json/raw-json.js';

/** The payload in the answer of one delivery as it is written there, which is as it is sent. */
export function rawPayload(answer: string): string {
  return rawMembers(answer).get('payload') ?? 'null';
}

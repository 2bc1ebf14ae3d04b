import { byStatus as usual, pageInstead } from '../default-interpretation.js';
import type { Answer, Interpretation, OutcomeWord } from '../format.js';
import { booleanIn, numberIn, textIn } from '../read-answer.js';

/** What an operator can repair although its status says that the document is wrong. */
const TO_BE_REPAIRED = new Set([
  'index_closed_exception',
  'invalid_index_name_exception',
  'invalid_alias_name_exception',
]);

function reasonOf(answer: Answer): Pick<Interpretation, 'reason'> {
  const type = textIn(answer, 'type');
  const words = textIn(answer, 'reason');
  if (type === undefined && words === undefined) return {};
  return { reason: `Elasticsearch: ${[type, words].filter((text) => text !== undefined).join(': ')}` };
}

/** The status of the item, as that of a request, but: 409 is our own id, which was stored before. */
function byStatus(status: number, type: string | undefined): OutcomeWord {
  if (status === 409) return 'success';
  if (status === 503) return 'throttled';
  if (status === 400 && type !== undefined && TO_BE_REPAIRED.has(type)) return 'blocked';
  return usual({ status }).outcome;
}

/** `_bulk` answers 200 whatever became of the document: the answer is in `errors` and in the status of the item. */
export function interpretBulk(answer: Answer): Interpretation {
  const { status } = answer;
  const page = pageInstead(answer);
  if (page) return page;
  if (status < 200 || status >= 300) {
    const outcome = status === 409 ? 'retry' : byStatus(status, textIn(answer, 'type'));
    return { outcome, ...reasonOf(answer) };
  }
  const failed = booleanIn(answer, 'errors');
  if (failed === undefined)
    return { outcome: 'blocked', reason: 'Elasticsearch: this is not the answer of a bulk request' };
  if (!failed) return { outcome: 'success' };
  const outcome = byStatus(numberIn(answer, 'status') ?? 500, textIn(answer, 'type'));
  return outcome === 'success' ? { outcome } : { outcome, ...reasonOf(answer) };
}

/** Where an item of the answer begins; within texts its quotes are escaped. */
const ITEM = /"create"\s*:\s*\{/g;

/** The text of each item, as far as the answer goes. */
function itemsOf(body: string): string[] {
  const starts = [...body.matchAll(ITEM)].map(({ index }) => index);
  return starts.map((start, n) => body.slice(start, starts[n + 1]));
}

/** Each document has its own status, in order. One whose item did not come is sent again: if it is stored, 409 says so. */
export function interpretBulkItems(
  answer: Answer,
  count: number,
): Interpretation | (Interpretation | undefined)[] {
  const whole = interpretBulk(answer);
  const isOfItems = answer.status >= 200 && answer.status < 300 && booleanIn(answer, 'errors') === true;
  if (!isOfItems) return whole;
  return itemsOf(answer.body)
    .slice(0, count)
    .map((body) => itemInterpretation({ ...answer, body }));
}

function itemInterpretation(item: Answer): Interpretation | undefined {
  const status = numberIn(item, 'status');
  if (status === undefined) return undefined;
  const outcome = byStatus(status, textIn(item, 'type'));
  return outcome === 'success' || status < 300 ? { outcome: 'success' } : { outcome, ...reasonOf(item) };
}

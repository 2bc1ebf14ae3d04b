import { explainFailure } from '../common/explain-failure.js';
import type { DeliveryAnswer } from './answers.js';
import { printable } from './output/text.js';

/** In a few sentences why a delivery did not arrive, and what to do. */
export function explanation(delivery: Omit<DeliveryAnswer, 'payload'>): string {
  const { says, advice } = explainFailure(delivery) ?? { says: 'It arrived.', advice: null };
  const reason = delivery.error_message === null ? [] : [`${delivery.error_message}.`];
  return printable([...reason, says, ...(advice === null ? [] : [advice])].join(' '));
}

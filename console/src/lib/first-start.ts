import type { Stats, Webhook } from '../api/types.js';
import { needsAttention } from './webhook-state.js';

/** Whether no delivery has ended yet: the first steps are still to be done. What failed is looked at instead. */
export const isNew = ({ successful_deliveries, failed_deliveries }: Stats): boolean =>
  successful_deliveries + failed_deliveries === 0;

/** Whether there is nothing to look at but the first steps: what is being tried again may well need somebody. */
export const isCalmStart = (stats: Stats, webhooks: readonly Webhook[]): boolean =>
  isNew(stats) && !webhooks.some(needsAttention);

import type { Format, FormatOptions } from './format.js';

/** Whether the receiver is asked whether it wants to be sent to. */
export const asksFirst = ({ handshake }: Format, options: FormatOptions): boolean =>
  (handshake?.wanted(options) ?? 'off') !== 'off';

import type { FormatEvent } from './format.js';

/** From the least to the most urgent. */
export const SEVERITY_WORDS = ['info', 'notice', 'warning', 'error'] as const;

export type Severity = (typeof SEVERITY_WORDS)[number];

/** What a severity is called, and which number it is, at each kind of receiver. */
export interface SeverityRow {
  /** Syslog and GELF (RFC 5424). */
  readonly syslog: number;
  /** OpenTelemetry `severityNumber` and `severityText`. */
  readonly otlpNumber: number;
  readonly otlpText: string;
  /** CEF (0–10) and LEEF (1–10). */
  readonly cef: number;
  /** OCSF `severity_id`. */
  readonly ocsf: number;
  readonly pagerduty: 'info' | 'warning' | 'error';
  /** Discord embeds, as a number; Mattermost and others write the same as `#RRGGBB`. */
  readonly color: number;
  /** The colours of Adaptive Cards. */
  readonly card: 'default' | 'accent' | 'warning' | 'attention';
  /** Priority of ntfy, 1–5. */
  readonly ntfy: number;
}

/** The one table of severities: a row for each, a column for each kind of receiver. */
// prettier-ignore
export const SEVERITIES: Readonly<Record<Severity, SeverityRow>> = {
  info: { syslog: 6, otlpNumber: 9, otlpText: 'INFO', cef: 3, ocsf: 1, pagerduty: 'info', color: 0x3b82f6, card: 'default', ntfy: 3 },
  notice: { syslog: 5, otlpNumber: 10, otlpText: 'INFO2', cef: 4, ocsf: 2, pagerduty: 'info', color: 0x8b5cf6, card: 'accent', ntfy: 3 },
  warning: { syslog: 4, otlpNumber: 13, otlpText: 'WARN', cef: 6, ocsf: 3, pagerduty: 'warning', color: 0xf59e0b, card: 'warning', ntfy: 4 },
  error: { syslog: 3, otlpNumber: 17, otlpText: 'ERROR', cef: 8, ocsf: 4, pagerduty: 'error', color: 0xef4444, card: 'attention', ntfy: 4 },
};

const BY_EVENT: Readonly<Record<string, Severity | undefined>> = {
  'export.completed': 'notice',
  'rate_limit.exceeded': 'warning',
  'import.failed': 'error',
};

const BY_KIND: Readonly<Record<string, Severity | undefined>> = {
  'webhook.failing': 'warning',
  'webhook.disabled': 'error',
};

const isSeverity = (value: unknown): value is Severity => SEVERITY_WORDS.some((word) => word === value);

const own = <T>(record: Readonly<Record<string, T>>, key: unknown): T | undefined =>
  typeof key === 'string' && Object.hasOwn(record, key) ? record[key] : undefined;

/** How urgent an event is: `data.severity` where it is one of the words, else by the event. */
export function severityOf({ event, data }: Pick<FormatEvent, 'event' | 'data'>): Severity {
  const stated = own(data, 'severity');
  if (isSeverity(stated)) return stated;
  if (event === 'system.health') return own(BY_KIND, own(data, 'kind')) ?? 'info';
  return own(BY_EVENT, event) ?? (event.endsWith('.deleted') ? 'notice' : 'info');
}

/** A colour as `#RRGGBB`. */
export const hexColor = (color: number): string => `#${color.toString(16).padStart(6, '0')}`;

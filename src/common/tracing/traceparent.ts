const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const NOTHING = /^0+$/;

/** A place in a trace, as it is sent along (W3C Trace Context, version 00). */
export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero: the span that what comes next belongs to. */
  readonly spanId: string;
  /** Flags: the lowest bit says that the trace is recorded. */
  readonly flags: number;
}

/** undefined = it is none: then there is no trace, and nothing else is wrong. Of a version to come what 00 has is read. */
export function parseTraceparent(text: string): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(text) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

export function formatTraceparent({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}

/** A header, or a field, as it is kept: null where it is none. */
export function validTraceparent(text: string | null | undefined): string | null {
  return text != null && parseTraceparent(text) !== undefined ? text : null;
}

import { Inject, Injectable, Optional } from '@nestjs/common';
import type { FieldError } from '../common/domain-error.js';
import { NoTracing, Tracing } from '../common/tracing/tracing.js';
import { validTraceparent } from '../common/tracing/traceparent.js';
import { unprocessable } from '../common/http/validation.pipe.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { jsonOf } from './data-json.js';
import type { EmitEventDto } from './event.dto.js';
import { EventCatalog } from './event-catalog.js';
import { type EventType, invalidEventType } from './event-types.js';
import { EventRecorder, publishTraced } from './event-recorder.js';
import { MAX_PROJECT_ID_LENGTH, type NewEvent, type RecordedEvent } from './new-event.js';
import { type Fields, unknownFields } from './event-fields.js';
import { isTimestamp } from '../common/timestamp.js';
import { isAtMost } from '../common/text-length.js';

/** What may be said of an event besides its type. */
export interface SendEventOptions {
  /** @default null = only global webhooks get it */
  readonly projectId?: string | null;
  /** Any JSON object. @default {} */
  readonly data?: Readonly<Record<string, unknown>>;
  /** RFC 3339. @default now */
  readonly timestamp?: string | Date | null;
  /** The event's id, ≤ 128 visible ASCII characters; sending it again answers the first result. @default a UUIDv7 */
  readonly id?: string | null;
  /** ≤ 128 visible ASCII characters; sending it again answers the first result. */
  readonly idempotencyKey?: string | null;
  /** The trace that it belongs to, as in the header of W3C Trace Context; what is none counts as not given. */
  readonly traceparent?: string | null;
}

const OPTION_NAMES: Readonly<Record<keyof SendEventOptions, true>> = {
  projectId: true,
  data: true,
  timestamp: true,
  id: true,
  idempotencyKey: true,
  traceparent: true,
};
const OPTIONS: Fields = { what: 'sendEvent', names: new Set(Object.keys(OPTION_NAMES)) };

/** One of several events that are sent together. */
export interface EventToSend extends SendEventOptions {
  readonly event: EventType;
}

/** An event as a caller gave it: every value still has to be looked at. */
export type EventInput = { readonly [Field in keyof EmitEventDto]?: unknown };

/** Events that are recorded together at most. */
export const MAX_BATCH = 1000;

/** Where a value stands, for errors. */
type Place = readonly (string | number)[];

const BODY: Place = ['body'];
/** An id goes out as the header webhook-id. */
export const IDENTIFIER = /^[\x21-\x7e]{1,128}$/;

/** Of a version to come it may be longer than the 55 of the present one. */
const MAX_TRACEPARENT_LENGTH = 255;

const IDENTIFIER_RULE = 'must be 1 to 128 visible ASCII characters without spaces';

/** Each field with its rule; what holds null or nothing was not given. */
const RULES: readonly (readonly [keyof EventInput, (value: unknown) => boolean, string, string])[] = [
  ['event', (value) => typeof value === 'string', 'must be a string', 'string_type'],
  [
    'project_id',
    (value) =>
      value == null ||
      (typeof value === 'string' && isAtMost(value, MAX_PROJECT_ID_LENGTH) && value.isWellFormed()),
    `must be a string of at most ${MAX_PROJECT_ID_LENGTH} characters, or null`,
    'string_type',
  ],
  [
    'data',
    (value) => value == null || (typeof value === 'object' && !Array.isArray(value)),
    'must be a JSON object',
    'object_type',
  ],
  [
    'timestamp',
    (value) => value == null || (typeof value === 'string' && isTimestamp(value)),
    'must be an RFC 3339 time such as 2026-01-31T12:00:00Z',
    'timestamp',
  ],
  [
    'id',
    (value) => value == null || (typeof value === 'string' && IDENTIFIER.test(value)),
    IDENTIFIER_RULE,
    'identifier',
  ],
  [
    'traceparent',
    (value) => value == null || (typeof value === 'string' && isAtMost(value, MAX_TRACEPARENT_LENGTH)),
    `must be a string of at most ${MAX_TRACEPARENT_LENGTH} characters, or null`,
    'string_type',
  ],
];

const MISSING_EVENT = {
  msg: 'event is required (an event type: GET /webhooks/events lists them)',
  type: 'missing',
};

/** What is wrong with an event, each field once. */
export function eventErrors(input: EventInput, place: Place): FieldError[] {
  const errors: FieldError[] = [];
  for (const [field, isGood, msg, type] of RULES) {
    if (isGood(input[field])) continue;
    const isMissing = field === 'event' && input.event === undefined;
    errors.push({ loc: [...place, field], ...(isMissing ? MISSING_EVENT : { msg, type }) });
  }
  return errors;
}

/** Whether an event is as it should be, by what was found wrong with it. */
export function isGood(_input: EventInput, errors: readonly FieldError[]): _input is EmitEventDto {
  return errors.length === 0;
}

/** Whether a text is longer than so many bytes in UTF-8; counted only where its length does not say it. */
function isLonger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  return text.length * 3 > bytes && Buffer.byteLength(text, 'utf8') > bytes;
}

/** What is wrong with the size of an event; undefined = nothing. */
export function sizeError(text: string, maxBytes: number, place: Place): FieldError | undefined {
  if (!isLonger(text, maxBytes)) return undefined;
  return { loc: place, msg: `must have at most ${maxBytes} bytes`, type: 'too_large' };
}

/** What is wrong with an Idempotency-Key header; undefined = nothing. */
export function keyError(key: string | undefined): FieldError | undefined {
  if (key === undefined || IDENTIFIER.test(key)) return undefined;
  return { loc: ['header', 'idempotency-key'], msg: IDENTIFIER_RULE, type: 'identifier' };
}

/** A date that is none stays a text that is none, and is refused as such. */
function timeOf(timestamp: string | Date | null | undefined): string | null | undefined {
  if (!(timestamp instanceof Date)) return timestamp;
  return Number.isNaN(timestamp.getTime()) ? String(timestamp) : timestamp.toISOString();
}

/** The way in for events, from REST and from dependency injection alike. */
@Injectable()
export class EventIntake {
  constructor(
    private readonly catalog: EventCatalog,
    private readonly recorder: EventRecorder,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    @Optional() private readonly tracing: Tracing = new NoTracing(),
  ) {}

  /** Bytes that one event may have, alone or in a batch. */
  get maxEventBytes(): number {
    return this.options.maxEventBytes;
  }

  /** @throws DomainError */
  async send(event: string, options: SendEventOptions): Promise<RecordedEvent> {
    const [recorded] = await this.publish([this.prepare(event, options, ['options'])]);
    if (!recorded) throw new Error('The event recorder gave no result');
    return recorded;
  }

  /** All or nothing. @throws DomainError naming the index of the event */
  async sendAll(events: readonly EventToSend[]): Promise<readonly RecordedEvent[]> {
    if (events.length > MAX_BATCH) {
      throw unprocessable([
        { loc: ['events'], msg: `must be at most ${MAX_BATCH} events`, type: 'array_size' },
      ]);
    }
    if (events.length === 0) return [];
    return this.publish(
      events.map(({ event, ...options }, i) => this.prepare(event, options, ['events', i])),
    );
  }

  /**
   * An event whose fields were found good.
   *
   * @param place of the event in its request, for the error
   * @param inherited the trace of the request, where the event names none of its own
   * @throws DomainError `invalid_event_type`
   */
  accept(
    input: EmitEventDto,
    dataJson: string,
    idempotencyKey: string | null,
    place: Place = BODY,
    inherited: string | null = null,
  ): NewEvent {
    const { event } = input;
    if (!this.catalog.has(event))
      throw invalidEventType(event, [...place, 'event'], this.catalog.nearest(event));
    return {
      event,
      projectId: input.project_id || null,
      dataJson,
      timestamp: input.timestamp ?? null,
      id: input.id ?? null,
      idempotencyKey,
      traceparent: this.keepsTraces ? (validTraceparent(input.traceparent) ?? inherited) : null,
      place,
    };
  }

  /** @param traced false = the request of the events is one that is not traced */
  async publish(events: readonly NewEvent[], traced = true): Promise<readonly RecordedEvent[]> {
    const { recorder, tracing } = this;
    return traced && tracing.isOn ? publishTraced(events, recorder, tracing) : recorder.record(events);
  }

  private get keepsTraces(): boolean {
    return this.options.tracePropagation || this.tracing.isOn;
  }

  /** @throws DomainError that names what is wrong */
  prepare(event: string, options: SendEventOptions, place: Place): NewEvent {
    const { projectId, timestamp, id, idempotencyKey, traceparent } = options;
    const data = options.data ?? {};
    const input: EmitEventDto = {
      ...{ event, project_id: projectId ?? null, data, timestamp: timeOf(timestamp) ?? null },
      ...{ id: id ?? null, traceparent: traceparent ?? null },
    };
    const errors = eventErrors(input, place);
    errors.push(...unknownFields(options, place, OPTIONS));
    const key = keyError(idempotencyKey ?? undefined);
    if (key) errors.push({ ...key, loc: [...place, 'idempotencyKey'] });
    if (errors.length > 0) throw unprocessable(errors);
    const dataJson = jsonOf(data, place);
    const tooLarge = sizeError(dataJson, this.maxEventBytes, [...place, 'data']);
    if (tooLarge) throw unprocessable([tooLarge]);
    return this.accept(input, dataJson, idempotencyKey ?? null, place);
  }
}

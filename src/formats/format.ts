/** What a format is, and what it is given: the same for every receiver. Pure types; specification: docs/formats.md. */

/** An event as a format sees it. `data` is hostile: names and texts in it are written by the people investigated. */
export interface FormatEvent {
  /** Event id: unique, at most 128 characters. */
  readonly id: string;
  /** Event type, such as `entity.created`. */
  readonly event: string;
  /** RFC 3339, as its sender wrote it: with any offset, or a leap second. */
  readonly timestamp: string;
  /** null = the event belongs to no project. */
  readonly projectId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  /** The exact bytes of the event's own body (format `basset`). */
  readonly body: Buffer;
}

/** The webhook that an event is rendered for. */
export interface FormatWebhook {
  readonly id: string;
  readonly name: string;
  /** The true URL, with its secret parts. */
  readonly url: string;
}

/** The options of a webhook for its format: valid against the format's `optionsSchema`, secrets in clear. */
export type FormatOptions = Readonly<Record<string, unknown>>;

/** What is sent. The webhook's own headers come first, these replace them; signatures are added by the sender. */
export interface RenderedRequest {
  readonly method: 'POST' | 'PUT';
  readonly url: string;
  /** `Content-Type` at least. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whether something was cut to stay within the limits of the receiver. */
  readonly truncated: boolean;
}

/** A receiver's answer. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The first 1 KiB, as text; any bytes may have been sent. */
  readonly body: string;
}

/**
 * How an answer is to be taken.
 * `success`: done · `retry`: by the schedule of the webhook · `throttled`: the webhook waits for as long as asked, no
 * retry is used · `rejected`: this event can never be taken, others can · `blocked`: the configuration is wrong and
 * somebody may repair it, everything waits · `gone`: this endpoint no longer exists, the webhook is switched off.
 */
export const OUTCOME_WORDS = ['success', 'retry', 'throttled', 'rejected', 'blocked', 'gone'] as const;
export type OutcomeWord = (typeof OUTCOME_WORDS)[number];

export interface Interpretation {
  readonly outcome: OutcomeWord;
  /** The format's own sentence, such as `Slack: channel_is_archived`; absent = `HTTP <status>`. Never the URL. */
  readonly reason?: string;
  /** Seconds until the next request of this webhook; also with `success` where a receiver announces its limit. */
  readonly waitSeconds?: number;
  /** With `throttled`, where the receiver names no time: the first pause, seconds; each further one in a row is twice as long. @default 1 */
  readonly firstWaitSeconds?: number;
}

/** What is wrong with an option: where it stands below `format_options`, and what to do. */
export interface OptionProblem {
  readonly path: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

export type FormatCategory = 'chat' | 'siem' | 'logs' | 'events' | 'monitoring' | 'custom';

export interface UrlFindings {
  /** Sentences that say what is wrong and what to do: the webhook is refused. */
  readonly problems: readonly string[];
  /** Shown with the webhook, refuse nothing. */
  readonly warnings: readonly string[];
}

/** What `GET /webhooks/formats` tells of the receiver's limits: characters, bytes or numbers of things. */
export type FormatLimits = Readonly<Record<string, number>>;

export interface FormatRate {
  /** Requests a second by default; null = the service's own throttle only. */
  readonly perSecond: number | null;
  readonly burst?: number;
  /** Whether the receiver limits each URL, or the host as a whole. */
  readonly per: 'url' | 'destination';
  /** An option that says to whom it goes at this URL: each value has a pace of its own. */
  readonly option?: string;
}

export interface Consent {
  /** Requests a minute that the receiver wants at most; null = as many as there are. */
  readonly perMinute: number | null;
}

/** Asking a receiver, by OPTIONS, whether it wants to be sent to. */
export interface FormatHandshake {
  /** `try`: it is sent to whatever it answers; `required`: only when it consents. */
  wanted(options: FormatOptions): 'off' | 'try' | 'required';
  /**
   * Headers of the question.
   *
   * @param origin what the receiver is to know this system by
   * @param perSecond requests that are asked for; null = as many as there are
   */
  question(origin: string, perSecond: number | null): Readonly<Record<string, string>>;
  /** undefined = it did not consent. Never throws. */
  consent(answer: Answer, origin: string): Consent | undefined;
  /** How it is taken that there was no consent. Never throws. */
  refusal(answer: Answer, origin: string): Interpretation;
  /** Headers of each request to who was asked. */
  headers(origin: string): Readonly<Record<string, string>>;
}

/**
 * One kind of receiver: pure functions and data, no clock, no randomness, no I/O. The same event and options give the
 * same bytes. A format is one folder under `formats/` and one line of the registry.
 */
export interface Format {
  /** The value of `format`, such as `slack`. */
  readonly name: string;
  /** For people, such as `Slack (incoming webhook)`. */
  readonly title: string;
  readonly category: FormatCategory;
  /** Of the renderer: rises when it renders something otherwise. */
  readonly version: number;
  /** What a good URL looks like, in one sentence. */
  readonly urlRule: string;
  /** Whether whoever knows the URL can send: path tail and query are encrypted and shown as `***`. */
  readonly urlIsSecret: boolean;
  /** Whether `webhook-*` and `X-Webhook-*` headers are sent: only where the receiver can use them. */
  readonly signed: boolean;
  readonly rate: FormatRate;
  readonly limits: FormatLimits;
  /** JSON Schema (2020-12) of the options, `additionalProperties: false`; a secret option has `"writeOnly": true`. */
  readonly optionsSchema: Readonly<Record<string, unknown>>;
  /** What is right or wrong with a URL and with the names of the webhook's own headers. Never a list of hosts. */
  checkUrl(url: URL, options: FormatOptions, headerNames: readonly string[]): UrlFindings;
  /** What a schema cannot say of options that are valid by it. */
  checkOptions?(options: FormatOptions): readonly OptionProblem[];
  /** Throws only what ends this one delivery as `rejected`, with the error's message as its reason. */
  render(event: FormatEvent, options: FormatOptions, webhook: FormatWebhook): RenderedRequest;
  /** Instead of `render`, where it could hold up the service: beside it, with a deadline. Rejects as `render` throws. */
  renderAsync?(event: FormatEvent, options: FormatOptions, webhook: FormatWebhook): Promise<RenderedRequest>;
  /** Never throws, whatever the bytes. Statuses that the format does not name: `defaultInterpretation`. */
  interpret(answer: Answer, options: FormatOptions): Interpretation;
  /** Only where receivers may be asked first. */
  readonly handshake?: FormatHandshake;
  /** Only where the receiver takes several events in one request. */
  readonly batch?: FormatBatch;
  /** Many events as one message, with how many there are of which type and a few titles: chat formats. */
  renderDigest?(
    events: readonly FormatEvent[],
    options: FormatOptions,
    webhook: FormatWebhook,
  ): RenderedRequest;
}

/** Several events in one request. */
export interface FormatBatch {
  /** Bytes of the events' own bodies in one request; what is made of them is at most about three times as long. */
  readonly maxBytes: number;
  /** Events in one request at most, by the options; 1 = each goes alone. */
  maxEvents(options: FormatOptions): number;
  /** One request out of those that `render` has made for the events, two or more, of one webhook. */
  join(requests: readonly RenderedRequest[]): RenderedRequest;
  /**
   * How the answer is to be taken: for each event, in order, or one for all. Of the answer's body up to 64 KiB are given.
   * undefined, or nothing, for an event: it is sent again at once. `rejected` for all: which one is wrong is found out by
   * sending them in smaller parts. Never throws.
   */
  interpret(
    answer: Answer,
    count: number,
    options: FormatOptions,
  ): Interpretation | readonly (Interpretation | undefined)[];
}

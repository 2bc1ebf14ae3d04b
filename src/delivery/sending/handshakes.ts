import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AxiosResponse } from 'axios';
import { firstValueFrom } from 'rxjs';
import { Clock } from '../../common/clock.js';
import { originOf } from '../../config/public-origin.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { asksFirst } from '../../formats/asks-first.js';
import type { FormatHandshake } from '../../formats/format.js';
import type { Endpoint } from '../model/endpoint.js';
import { answerForFormat, inWords, recordOf, type AnswerRecord } from './answer-record.js';
import type { Credentials } from './credentials.js';
import { USER_AGENT } from './outbound-request.js';
import { AbortFlag, NEVER_CANCELLED, OutboundRequest } from './outbound-http.js';
import { KEPT_BYTES } from './response-reader.js';
import { DeadlineError } from './request-errors.js';

/** Who was asked, and is not asked again. */
interface Asked {
  /** Where; at another place somebody else is asked. */
  readonly place: string;
  readonly perSecond: number;
}

interface Question {
  readonly endpoint: Endpoint;
  readonly handshake: FormatHandshake;
  readonly isRequired: boolean;
  readonly place: string;
  readonly credentials: Credentials;
}

const MOST_REMEMBERED = 100_000;
const NO_BODY = Buffer.alloc(0);

/**
 * Asks receivers whether they want to be sent to, where their webhook says so: before the first request of this
 * instance, once for all that wait for the answer, and anew for another URL. What was answered is kept in memory only:
 * a consent that nobody has to give again would outlive the receiver.
 */
@Injectable()
export class Handshakes {
  private readonly logger = new Logger(Handshakes.name);
  private readonly asked = new Map<string, Asked>();
  private readonly underWay = new Map<string, Promise<AnswerRecord | undefined>>();
  /** What receivers know us by. */
  readonly origin: string;
  private readonly deadlineMs: number;

  constructor(
    private readonly http: HttpService,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) options: WebhooksOptions,
  ) {
    this.origin = originOf(options);
    // The event itself has the rest of its time.
    this.deadlineMs = options.deliveryTimeoutSeconds * 500;
  }

  /** What the receiver of a webhook wants at most. */
  allowedPerSecond(webhookId: string): number {
    return this.asked.get(webhookId)?.perSecond ?? Infinity;
  }

  /** It is asked again before the next request. */
  forget(webhookId: string): void {
    this.asked.delete(webhookId);
  }

  /**
   * To be waited for before a request; undefined = nothing is to be asked.
   *
   * @returns why nothing may be sent; undefined = it may. Rejects when a consent is required and there was no answer
   */
  before(endpoint: Endpoint, credentials: Credentials): Promise<AnswerRecord | undefined> | undefined {
    const { rendering } = endpoint;
    const handshake = rendering?.format.handshake;
    if (!rendering || !handshake || !asksFirst(rendering.format, rendering.options)) return undefined;
    const place = `${endpoint.identity ?? ''} ${credentials.url ?? endpoint.url}`;
    if (this.asked.get(endpoint.webhookId)?.place === place) return undefined;
    const isRequired = handshake.wanted(rendering.options) === 'required';
    return this.shared({ endpoint, handshake, isRequired, place, credentials });
  }

  private shared(question: Question): Promise<AnswerRecord | undefined> {
    const key = `${question.endpoint.webhookId} ${question.place}`;
    const known = this.underWay.get(key);
    if (known) return known;
    const asking = this.ask(question).finally(() => this.underWay.delete(key));
    this.underWay.set(key, asking);
    return asking;
  }

  private async ask(question: Question): Promise<AnswerRecord | undefined> {
    const { isRequired, handshake, credentials } = question;
    try {
      const response = await this.request(question);
      const answer = answerForFormat(response);
      const consent = handshake.consent(answer, this.origin);
      if (consent || !isRequired) {
        this.remember(question, (consent?.perMinute ?? Infinity) / 60);
        return undefined;
      }
      const record = recordOf(response, credentials, this.clock.now());
      return inWords(record, handshake.refusal(answer, this.origin), response, credentials);
    } catch (error) {
      if (isRequired) throw error;
      // Who does not answer OPTIONS may take events all the same; who cannot be reached is asked again.
      if (error instanceof DeadlineError) this.remember(question, Infinity);
      return undefined;
    }
  }

  private remember({ endpoint: { webhookId }, place }: Question, perSecond: number): void {
    if (this.asked.size >= MOST_REMEMBERED) this.asked.clear();
    this.asked.set(webhookId, { place, perSecond });
    this.logger.debug(`Webhook ${webhookId} was asked whether it wants to be sent to`);
  }

  private async request({ endpoint, handshake, credentials }: Question): Promise<AxiosResponse<Buffer>> {
    const headers = {
      Accept: '*/*',
      ...credentials.headers,
      'User-Agent': USER_AGENT,
      ...handshake.question(this.origin, finite(endpoint.pace?.perSecond)),
    };
    const data = new OutboundRequest(headers, NO_BODY, 'OPTIONS', true, KEPT_BYTES, credentials.url);
    const url = credentials.url ?? endpoint.url;
    const signal = new AbortFlag();
    const deadline = setTimeout(() => signal.abort(), this.deadlineMs);
    try {
      return await firstValueFrom(
        this.http.request<Buffer>({ method: 'options', url, data, signal, cancelToken: NEVER_CANCELLED }),
      );
    } finally {
      clearTimeout(deadline);
    }
  }
}

const finite = (perSecond = Infinity): number | null => (perSecond === Infinity ? null : perSecond);

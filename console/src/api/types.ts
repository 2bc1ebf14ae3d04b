import type { DeliveryDto, DeliveryListDto } from '../../../src/webhooks/dto/answers.dto.js';
import type { InfoDto as Info } from '../../../src/webhooks/dto/info.dto.js';

/** The answers of the API, from the classes that describe them there. */
export type {
  EventTypesDto as EventTypes,
  StatsDto as Stats,
  WebhookListDto as WebhookList,
} from '../../../src/webhooks/dto/answers.dto.js';
export type {
  CreatedWebhookDto as CreatedWebhook,
  RotatedSecretDto as RotatedSecret,
  WebhookDto as Webhook,
} from '../../../src/webhooks/dto/webhook-answers.dto.js';
export type { RecordedEventDto as RecordedEvent } from '../../../src/events/event.dto.js';
export type { RecoveryDto as Recovery } from '../../../src/webhooks/dto/recover-webhook.dto.js';

export type { InfoDto as Info } from '../../../src/webhooks/dto/info.dto.js';
export type {
  AttemptDto as Attempt,
  AttemptListDto as AttemptList,
  EventDto as Event,
  MatchDto as Match,
} from '../../../src/webhooks/dto/lookup.dto.js';

export type {
  ActivityBucketDto as ActivityBucket,
  ActivityDto as Activity,
  WebhookActivityDto as Totals,
} from '../../../src/webhooks/dto/activity.dto.js';

/** As an object that may be copied: what the API answers is no instance of anything. */
export type Delivery = Readonly<DeliveryDto>;
export type DeliveryList = Readonly<DeliveryListDto>;

/** What decides when the service acts by itself. */
export type Limits = Info['limits'];

export interface Format {
  readonly format: string;
  readonly title: string;
  readonly category: string;
  readonly url_rule?: string | null;
  readonly options_schema: Schema;
  readonly docs?: string | null;
}

/** The part of JSON Schema that options of formats use. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  /** A secret: it is not shown while it is typed. */
  readonly writeOnly?: boolean;
}

export interface Preview {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content_type?: string;
  readonly body: string;
  readonly bytes: number;
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

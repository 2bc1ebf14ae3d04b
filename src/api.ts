/**
 * What is sent to the REST API and what it answers, for programs that call it: `import type { Webhook } from
 * 'basset-hound-webhooks/api'`. Types only, from the classes that the service describes its API with; nothing is loaded.
 */
import type { CreateWebhookDto } from './webhooks/dto/create-webhook.dto.js';
import type { PreviewEventDto } from './events/event.dto.js';
import type { RetryConfigDto } from './webhooks/dto/retry-config.dto.js';
import type { UpdateWebhookDto } from './webhooks/dto/update-webhook.dto.js';

export type { CaptureStatusDto as CaptureStatus } from './capture/capture.dto.js';
export type { ProblemDto as Problem } from './common/http/problem.dto.js';
export type {
  EmitEventDto as EmitEvent,
  EmitEventsDto as EmitEvents,
  RecordedEventDto as RecordedEvent,
  RecordedEventsDto as RecordedEvents,
} from './events/event.dto.js';
export type {
  ActivityBucketDto as ActivityBucket,
  ActivityDto as Activity,
  WebhookActivityDto as WebhookActivity,
} from './webhooks/dto/activity.dto.js';
export type {
  DeliveryDto as Delivery,
  DeliveryListDto as DeliveryList,
  EventTypeDto as EventTypeDescription,
  EventTypesDto as EventTypes,
  StatsDto as Stats,
  WebhookListDto as WebhookList,
} from './webhooks/dto/answers.dto.js';
export type { FeedEvents } from './feed/feed-events.js';
export type {
  FormatDto as Format,
  FormatsDto as Formats,
  PreviewDto as Preview,
} from './webhooks/dto/format.dto.js';
export type { InfoDto as Info } from './webhooks/dto/info.dto.js';
export type {
  AttemptDto as Attempt,
  AttemptListDto as AttemptList,
  EventDto as Event,
  MatchDto as Match,
  MatchWebhooksDto as MatchWebhooks,
} from './webhooks/dto/lookup.dto.js';
export type {
  RecoverWebhookDto as RecoverWebhook,
  RecoveryDto as Recovery,
} from './webhooks/dto/recover-webhook.dto.js';
export type { RotateSecretDto as RotateSecret } from './webhooks/dto/rotate-secret.dto.js';
export type {
  CreatedWebhookDto as CreatedWebhook,
  RotatedSecretDto as RotatedSecret,
  WebhookDto as Webhook,
} from './webhooks/dto/webhook-answers.dto.js';

export type CreateWebhook = CreateWebhookDto;
/** Body of `PUT`: null or absent = unchanged. */
export type UpdateWebhook = UpdateWebhookDto;

/** Body of `PATCH` (JSON Merge Patch): absent = unchanged, null clears. */
export type PatchWebhook = {
  readonly [Field in Exclude<keyof UpdateWebhookDto, 'retry_config'>]?: UpdateWebhookDto[Field] | null;
} & { readonly retry_config?: { readonly [Field in keyof RetryConfigDto]?: number | null } | null };

/** Body of `POST /webhooks/preview`. */
export type PreviewWebhook = Partial<CreateWebhookDto> & {
  readonly url: string;
  readonly event?: PreviewEventDto | null;
};

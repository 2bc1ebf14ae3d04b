export { BootError } from './common/boot-error.js';
export { DomainError, type DomainErrorKind, type FieldError } from './common/domain-error.js';
export type { Page, PageRequest } from './common/page.js';
export type {
  EventTypeDefinition,
  Neo4jConnection,
  SecretsKey,
  WebhooksOptions,
} from './config/service-options.js';
export {
  DELIVERY_STATUSES,
  type Delivery,
  type DeliveryStatus,
  type RetryConfig,
} from './delivery/model/delivery.js';
export { EVENT_TYPES, type CustomEventTypes, type EventType } from './events/event-types.js';
export type { RecordedEvent } from './events/new-event.js';
export type { LostRange } from './history/failing/recovery.neo4j.repository.js';
export type { DeliveryFilter, DeliveryPage } from './history/log/log-query.js';
export { verifySignature, type ReceivedWebhook } from './delivery/sending/signer.js';
export type { EventToSend, SendEventOptions } from './events/event-intake.js';
export type { GraphTransaction } from './events/event.neo4j.repository.js';
export type { SendOptions } from './events/event-sender.js';
export type {
  Circuit,
  CreatedWebhook,
  CreateWebhook,
  RotatedWebhook,
  SecretRotation,
  Webhook,
  WebhookChanges,
} from './webhooks/webhook.js';
export type { WebhookFilter } from './webhooks/webhook.neo4j.repository.js';
export type { Statistics } from './webhooks/statistics.js';
export { WebhookService } from './webhooks/webhook.service.js';
export { WebhooksModule } from './webhooks/webhooks.module.js';
export type { WebhooksModuleExtras, WebhooksModuleOptions } from './webhooks/webhooks.module-definition.js';

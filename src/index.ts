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
} from './delivery/delivery.js';
export { EVENT_TYPES, type CustomEventTypes, type EventType } from './delivery/events/event-types.js';
export type { RecordedEvent } from './delivery/events/new-event.js';
export type { LostRange } from './delivery/failing/recovery.repository.js';
export type { DeliveryFilter, DeliveryPage } from './delivery/log/delivery-log.js';
export { verifySignature, type ReceivedWebhook } from './delivery/sending/verify-signature.js';
export type { EventToSend, SendEventOptions } from './webhooks/event-intake.js';
export type { GraphTransaction } from './webhooks/emit.neo4j.repository.js';
export type { SendOptions } from './webhooks/transactional-emit.js';
export type {
  Circuit,
  CreatedWebhook,
  CreateWebhook,
  RotatedWebhook,
  SecretRotation,
  Webhook,
  WebhookChanges,
} from './webhooks/webhook.js';
export type { WebhookFilter } from './webhooks/webhook.repository.js';
export { WebhookService, type Statistics } from './webhooks/webhook.service.js';
export { WebhooksModule } from './webhooks/webhooks.module.js';
export type { WebhooksModuleExtras, WebhooksModuleOptions } from './webhooks/webhooks.module-definition.js';

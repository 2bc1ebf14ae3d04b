import { DomainError } from '../../common/domain-error.js';

export function deliveryNotFound(id: string): DomainError {
  return new DomainError('not-found', 'delivery_not_found', `Delivery '${id}' not found`);
}

export function eventNotFound(id: string): DomainError {
  return new DomainError('not-found', 'event_not_found', `Event '${id}' not found`);
}

export function webhookNotFound(id: string): DomainError {
  return new DomainError('not-found', 'webhook_not_found', `Webhook '${id}' not found`);
}

export function webhookLocked(id: string): DomainError {
  const message = `Webhook '${id}' is locked: the operator has to list the SECRETS_KEY that encrypted its secrets`;
  return new DomainError('unavailable', 'webhook_locked', message);
}

export function notRetryable(): DomainError {
  const message = 'Delivery cannot be retried (not in failed state)';
  return new DomainError('invalid', 'delivery_not_retryable', message);
}

export function webhookInactive(): DomainError {
  return new DomainError('invalid', 'webhook_inactive', 'Webhook is inactive; set it active first');
}

export function shuttingDown(): DomainError {
  return new DomainError(
    'unavailable',
    'shutting_down',
    'The service is shutting down; try again in a moment',
  );
}

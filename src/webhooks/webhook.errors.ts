import { DomainError, type FieldError } from '../common/domain-error.js';

function invalid(code: string, message: string): DomainError {
  return new DomainError('invalid', code, message);
}

export function nameRequired(): DomainError {
  return invalid('webhook_name_required', 'Webhook name is required');
}

export function urlRequired(): DomainError {
  return invalid('webhook_url_required', 'Webhook URL is required');
}

export function urlScheme(): DomainError {
  return invalid('webhook_url_scheme', 'Webhook URL must start with http:// or https://');
}

/** @param loc where it stands, when that is not clear from the request */
export function invalidEventType(value: string, loc?: readonly (string | number)[]): DomainError {
  const msg = `Invalid event type: ${value}`;
  const fields = loc ? [{ loc, msg, type: 'invalid_event_type' }] : [];
  return new DomainError('invalid', 'invalid_event_type', msg, fields);
}

export function invalidStatus(value: string): DomainError {
  return invalid('invalid_status', `Invalid status: ${value}`);
}

/** One bad field (422). */
export function badField(field: readonly (string | number)[], msg: string, type: string): FieldError {
  return { loc: ['body', ...field], msg, type };
}

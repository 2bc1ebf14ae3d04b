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

export function invalidStatus(value: string): DomainError {
  return invalid('invalid_status', `Invalid status: ${value}`);
}

/** One bad field (422). */
export function badField(field: readonly (string | number)[], msg: string, type: string): FieldError {
  return { loc: ['body', ...field], msg, type };
}

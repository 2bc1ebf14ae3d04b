import { DomainError } from '../common/domain-error.js';

/** The entity tag of a webhook (RFC 9110, section 8.8.3): it changes with its settings, not with its counts. */
export function entityTag({ revision }: { readonly revision: string }): string {
  return `"${revision}"`;
}

/**
 * The revisions that a header `If-Match` names; undefined = any will do. Weak tags never match (RFC 9110, section 13.1.1).
 */
export function revisionsOf(ifMatch: string | undefined): readonly string[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  return [...ifMatch.matchAll(/(?:^|,)\s*"([^"]*)"\s*(?=,|$)/g)].map(([, tag = '']) => tag);
}

export function changedMeanwhile(id: string): DomainError {
  const message = `Webhook '${id}' was changed meanwhile: its ETag is not among those of If-Match; read it again`;
  return new DomainError('precondition', 'webhook_changed', message);
}

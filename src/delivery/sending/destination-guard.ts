import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { AddressPolicy } from './address-policy.js';

const LOCAL_NAME = /^(?:.+\.)?(?:localhost|local|internal|home\.arpa)$/;

function refused(hostname: string): DomainError {
  const msg = `url must not point to '${hostname}': it is not a public address. The operator can allow it with ALLOWED_NETWORKS`;
  return new DomainError('unprocessable', 'destination_refused', msg, [
    { loc: ['body', 'url'], msg, type: 'destination_refused' },
  ]);
}

/**
 * Keeps webhooks out of networks that are nobody else's business. Here what a URL says literally is refused; what a
 * name resolves to is checked where the connection is made, with the very address that is connected to.
 */
@Injectable()
export class DestinationGuard {
  readonly policy: AddressPolicy;

  constructor(@Inject(WEBHOOKS_OPTIONS) { allowedNetworks }: WebhooksOptions) {
    this.policy = new AddressPolicy(allowedNetworks);
  }

  /**
   * @param url an absolute URL; WHATWG parsing has already turned every spelling of an IPv4 address into the usual one
   * @throws DomainError `destination_refused`
   */
  check(url: string): void {
    const { hostname } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    if (isIP(host) !== 0) {
      if (!this.policy.isAllowed(host)) throw refused(hostname);
    } else if (LOCAL_NAME.test(host) && !this.policy.isAllowed('127.0.0.1')) {
      throw refused(hostname);
    }
  }
}

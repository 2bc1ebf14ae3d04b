import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import { parseUrl } from '../../common/parse-url.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { AddressPolicy } from './address-policy.js';
import { interfaceAddresses, interfaceWatch, OwnEndpoints } from './own-endpoints.js';

/** Names of this machine (RFC 6761): no name server is asked. */
const LOCALHOST = /^(?:.+\.)?localhost$/;
/** Names that no public name server knows. */
const LOCAL_NAME = /^(?:.+\.)?(?:local|internal|home\.arpa)$/;
const BOLT_PORT = 7687;
/** Where a Neo4j takes HTTP and HTTPS by default. */
const NEO4J_HTTP_PORTS = [7474, 7473];

function refused(msg: string): DomainError {
  return new DomainError('unprocessable', 'destination_refused', msg, [
    { loc: ['body', 'url'], msg, type: 'destination_refused' },
  ]);
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/**
 * Keeps webhooks out of networks that are nobody else's business, and away from the service itself and its Neo4j. Here
 * what a URL says literally is refused; what a name resolves to is checked where the connection is made, with the very
 * address that is connected to.
 */
@Injectable()
export class DestinationGuard {
  readonly policy: AddressPolicy;
  readonly publicHosts: PublicHosts;
  readonly own = new OwnEndpoints();

  constructor(@Inject(WEBHOOKS_OPTIONS) options: WebhooksOptions) {
    const interfaces = interfaceWatch(interfaceAddresses, () => performance.now());
    this.policy = new AddressPolicy(options, interfaces);
    this.publicHosts = new PublicHosts(this.policy);
    const { neo4j } = options;
    // An unusable address is reported by whoever opens the driver.
    const uri = neo4j && parseUrl(neo4j.uri);
    if (uri) this.registerNeo4j(uri);
  }

  /**
   * From now on no webhook is delivered to this place, not even in an allowed network.
   *
   * @param host a name, an address, or the unspecified address for all of this machine
   */
  registerOwnEndpoint(host: string, port: number): void {
    this.own.register(withoutBrackets(host), port);
  }

  /**
   * @param url an absolute URL; WHATWG parsing has already turned every spelling of an IPv4 address into the usual one
   * @throws DomainError `destination_refused`
   */
  check(url: string): void {
    const { hostname, port, protocol } = new URL(url);
    const host = withoutBrackets(hostname).replace(/\.$/, '');
    if (isIP(host) !== 0 && this.policy.isDenied(host)) {
      throw refused(`url must not point to '${hostname}': the operator has closed it with DENIED_NETWORKS`);
    }
    if (!this.mayBeCalled(host)) {
      throw refused(
        `url must not point to '${hostname}': it is not a public address. The operator can allow it with ALLOWED_NETWORKS`,
      );
    }
    if (this.own.isNamedBy(host, Number(port) || (protocol === 'https:' ? 443 : 80))) {
      throw refused(`url must not point to '${hostname}' on this port: it is the service's own`);
    }
  }

  /** A local name may lead into an allowed network: which one it is shows when it is called. */
  private mayBeCalled(host: string): boolean {
    if (isIP(host) !== 0) return this.policy.isAllowed(host);
    if (LOCALHOST.test(host)) return this.policy.isAllowed('127.0.0.1') || this.policy.isAllowed('::1');
    return this.policy.opensNetworks || !LOCAL_NAME.test(host);
  }

  private registerNeo4j({ hostname, port }: URL): void {
    for (const own of [Number(port) || BOLT_PORT, ...NEO4J_HTTP_PORTS]) {
      this.registerOwnEndpoint(hostname, own);
    }
  }
}

const MAX_NAMES = 10_000;

/**
 * Which hosts lead to public addresses only: what went wrong there may be told in detail, since everybody can find it
 * out. What a name led to is noted whenever a connection is made.
 */
export class PublicHosts {
  private readonly names = new Map<string, boolean>();

  constructor(private readonly policy: AddressPolicy) {}

  /** @param addresses of those that may be called, where the name leads */
  note(name: string, addresses: readonly string[]): void {
    // Without opened networks all that may be called is public.
    if (!this.policy.opensNetworks) return;
    if (this.names.size >= MAX_NAMES) this.names.clear();
    this.names.set(
      name,
      addresses.every((address) => this.policy.isPublic(address)),
    );
  }

  /** A name of which nothing is known is taken for one that leads into an opened network. */
  has(url: string): boolean {
    const host = parseUrl(url)?.hostname.replace(/^\[|\]$/g, '') ?? '';
    if (isIP(host) !== 0) return this.policy.isPublic(host);
    return this.names.get(host) ?? !this.policy.opensNetworks;
  }
}

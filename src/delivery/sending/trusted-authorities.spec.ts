import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { authoritiesOfNode } from './outbound-http.js';

const EXTRA = 'test/support/tls/self-signed.pem';
const olderNode = { ...tls, getCACertificates: undefined } as unknown as typeof tls;

describe('whom Node.js trusts', () => {
  it('is asked of Node.js where it can tell', () => {
    const stores = { ...tls, getCACertificates: (store: string) => [`of ${store}`] } as unknown as typeof tls;
    expect(authoritiesOfNode(stores)).toEqual(['of default']);
  });

  it('is its list and what NODE_EXTRA_CA_CERTS adds, on an older one', () => {
    expect(authoritiesOfNode(olderNode, {})).toEqual(tls.rootCertificates);
    const extended = authoritiesOfNode(olderNode, { NODE_EXTRA_CA_CERTS: EXTRA });
    expect(extended).toEqual([...tls.rootCertificates, readFileSync(EXTRA, 'utf8')]);
    expect(authoritiesOfNode(olderNode, { NODE_EXTRA_CA_CERTS: 'nowhere.pem' })).toEqual(
      tls.rootCertificates,
    );
  });

  it('is never empty', () => {
    expect(authoritiesOfNode().length).toBeGreaterThan(100);
  });
});

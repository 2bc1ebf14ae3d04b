import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import { DestinationGuard } from './destination-guard.js';

const guard = (...allowedNetworks: string[]): DestinationGuard =>
  new DestinationGuard({ ...DEFAULT_OPTIONS, allowedNetworks });

const LOCAL_NAMES = [
  'http://n8n.automation.svc.cluster.local:5678/x',
  'http://host.docker.internal:5678/x',
  'http://homeassistant.local:8123/x',
  'http://box.home.arpa/x',
  'http://box.home.arpa./x',
];

describe('a name that no public name server knows', () => {
  it.each(LOCAL_NAMES)(
    'may lead into an allowed network: the address decides when it is called: %s',
    (url) => {
      expect(() => guard('10.0.0.0/8', '172.16.0.0/12').check(url)).not.toThrow();
    },
  );

  it.each(LOCAL_NAMES)('is refused where no network is allowed: %s', (url) => {
    expect(() => guard().check(url)).toThrow('it is not a public address');
  });

  it('is not the loopback, which has to be allowed itself', () => {
    expect(() => guard('10.0.0.0/8').check('http://localhost:1/x')).toThrow('it is not a public address');
    expect(() => guard('127.0.0.0/8').check('http://localhost:1/x')).not.toThrow();
  });
});

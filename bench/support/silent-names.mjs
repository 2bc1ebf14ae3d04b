/**
 * Preloaded into a service under measurement (`node --import`): its name servers are the one in `BENCH_NAME_SERVER`,
 * which answers nothing. Addresses need none.
 */
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

const servers = [process.env.BENCH_NAME_SERVER];

dns.setServers(servers);
for (const api of [dns, dns.promises]) {
  const Resolver = api.Resolver;
  api.Resolver = class extends Resolver {
    constructor(options) {
      super(options);
      this.setServers(servers);
    }
  };
}
syncBuiltinESMExports();

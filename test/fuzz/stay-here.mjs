/**
 * Loaded into the fuzzed service before anything else: no name is known and nothing beyond the loopback is reached,
 * whatever URLs the fuzzer makes up for webhooks.
 */
import dns from 'node:dns';
import net from 'node:net';
import { syncBuiltinESMExports } from 'node:module';

const notFound = () => Object.assign(new Error('No names here'), { code: 'ENOTFOUND' });
const { connect } = net.Socket.prototype;
const { lookup } = dns;

dns.lookup = (hostname, options, callback) => {
  if (net.isIP(hostname)) lookup(hostname, options, callback);
  else process.nextTick(typeof options === 'function' ? options : callback, notFound());
};
net.Socket.prototype.connect = function connectHere(...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof options?.host === 'string' && net.isIP(options.host) && !options.host.startsWith('127.')) {
    process.nextTick(() => this.destroy(notFound()));
    return this;
  }
  return connect.apply(this, args);
};
syncBuiltinESMExports();

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AxiosInstance } from 'axios';
import { lookup } from 'node:dns';
import { closeAll, receive } from '../../../test/support/outbound.js';
import { NEVER_CANCELLED, outboundAxios, OutboundRequest, OutboundAgent } from './outbound-http.js';

const everything: any = { isAllowed: () => true };
const publicHosts: any = { note: () => undefined };
const nobody: any = { uses: () => false };

let agent: OutboundAgent;
let instance: AxiosInstance;

beforeAll(() => {
  agent = new OutboundAgent({ policy: everything, own: nobody, publicHosts, lookup, deadlineMs: 5000 });
  instance = outboundAxios(agent);
});
afterEach(closeAll);
afterAll(() => agent.destroy());

async function post(): Promise<{ status: number; body: string; headers: any }> {
  const receiver = await receive([{ status: 201, body: 'made' }]);
  const data = new OutboundRequest({ 'X-Own': 'yes' }, Buffer.from('{"a":1}'));
  const { request } = instance;
  const response = await request({
    method: 'post',
    url: receiver.url(),
    data,
    cancelToken: NEVER_CANCELLED,
  });
  const [got] = receiver.requests;
  expect(got!.body.toString()).toBe('{"a":1}');
  return { status: response.status, body: String(response.data), headers: got!.headers };
}

describe('outboundAxios', () => {
  it('posts what it is given and answers bytes, whatever the status', async () => {
    const { status, body, headers } = await post();
    expect([status, body, headers['x-own']]).toEqual([201, 'made', 'yes']);
  });

  it('calls the interceptors of those who have some', async () => {
    const seen: unknown[] = [];
    const asked = instance.interceptors.request.use((config) => {
      seen.push(config.data instanceof OutboundRequest);
      return config;
    });
    const answered = instance.interceptors.response.use((response) => {
      seen.push(response.status);
      return response;
    });
    expect(await post()).toMatchObject({ status: 201, body: 'made' });
    expect(seen).toEqual([true, 201]);
    instance.interceptors.request.eject(asked);
    instance.interceptors.response.eject(answered);
    await post();
    expect(seen).toHaveLength(2);
  });
});

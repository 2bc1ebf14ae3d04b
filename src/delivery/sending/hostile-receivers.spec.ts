import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { HOSTILE_RECEIVERS } from '../../../test/support/hostile/receivers.js';
import { Trap } from '../../../test/support/hostile/trap.js';
import { attempt, closeAll, receive, sender } from '../../../test/support/outbound.js';
import { until } from '../../../test/support/until.js';

const DEADLINE_SECONDS = 0.4;
/** What may be under way when a connection is cut: the buffers of both sockets, which grow under a flood. */
const BUFFERS = 32 * 1024 * 1024;

afterEach(closeAll);

describe('an attempt at a receiver that', () => {
  it.each(HOSTILE_RECEIVERS.map((receiver) => [receiver.name, receiver.verdict, receiver] as const))(
    '%s: %s',
    async (_, verdict, receiver) => {
      const own = await sender({ deliveryTimeoutSeconds: DEADLINE_SECONDS });
      const trap = await Trap.set(receiver);
      try {
        const scheme = receiver.tls || receiver.https ? 'https' : 'http';
        const request = attempt(`${scheme}://127.0.0.1:${trap.port}/hook`);
        const body = receiver.bodyBytes ? Buffer.alloc(receiver.bodyBytes, 'x') : request.body;
        const result = await firstValueFrom(own.send({ ...request, body }));

        const isSuccess = typeof verdict === 'number' && verdict < 300;
        const reason = typeof verdict === 'number' ? `HTTP ${verdict}` : verdict;
        const code = typeof verdict === 'number' ? 'http' : verdict.replaceAll(' ', '_');
        expect(result).toMatchObject({
          responseCode: typeof verdict === 'number' ? verdict : null,
          errorMessage: isSuccess ? null : reason,
          errorCode: isSuccess ? null : code,
        });
        expect(Buffer.byteLength(result.responseBody ?? '', 'latin1')).toBeLessThanOrEqual(1024);
        expect(result.durationMs).toBeLessThan(DEADLINE_SECONDS * 1000 + 5000);
        expect(trap.sockets.length).toBeLessThanOrEqual(receiver.connections ?? 1);
        if (typeof verdict !== 'number') await until(() => trap.isCut(), 'the cut');
        // What is dropped as it comes, up to the deadline, takes no memory.
        if (result.durationMs < DEADLINE_SECONDS * 1000) expect(trap.written).toBeLessThan(BUFFERS);

        const healthy = await receive();
        expect(await firstValueFrom(own.send(attempt(healthy.url())))).toMatchObject({ responseCode: 200 });
      } finally {
        await trap.close();
      }
    },
  );
});

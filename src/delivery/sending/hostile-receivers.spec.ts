import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { HOSTILE_RECEIVERS, type HostileReceiver } from '../../../test/support/hostile/receivers.js';
import { Trap } from '../../../test/support/hostile/trap.js';
import { attempt, closeAll, receive, sender } from '../../../test/support/outbound.js';
import { until } from '../../../test/support/until.js';
import type { AttemptResult } from '../model/delivery.js';

/** What may be under way when a connection is cut: the buffers of both sockets, which grow under a flood. */
const BUFFERS = 32 * 1024 * 1024;

afterEach(closeAll);

type Attempted = { readonly result: AttemptResult; readonly trap: Trap; readonly seconds: number };

/** One attempt within so many seconds. The trap is to be closed. */
async function attemptAt(hostile: HostileReceiver, seconds: number): Promise<Attempted> {
  const own = await sender({ deliveryTimeoutSeconds: seconds });
  const trap = await Trap.set(hostile);
  const scheme = hostile.tls || hostile.https ? 'https' : 'http';
  const request = attempt(`${scheme}://127.0.0.1:${trap.port}/hook`);
  const body = hostile.bodyBytes ? Buffer.alloc(hostile.bodyBytes, 'x') : request.body;
  return { result: await firstValueFrom(own.send({ ...request, body })), trap, seconds };
}

/** On a busy machine an answer takes longer than the first of these; where none is to come the first one will do. */
async function attemptInTime(hostile: HostileReceiver): Promise<Attempted> {
  for (const seconds of [0.4, 2, 8]) {
    const attempted = await attemptAt(hostile, seconds);
    const isTooLate = attempted.result.errorMessage === 'timed out' && hostile.verdict !== 'timed out';
    if (!isTooLate || seconds === 8) return attempted;
    await attempted.trap.close();
  }
  throw new Error('There was no attempt');
}

describe('an attempt at a receiver that', () => {
  it.each(HOSTILE_RECEIVERS.map((receiver) => [receiver.name, receiver.verdict, receiver] as const))(
    '%s: %s',
    async (_, verdict, receiver) => {
      const { result, trap, seconds } = await attemptInTime(receiver);
      try {
        const isSuccess = typeof verdict === 'number' && verdict < 300;
        const reason = typeof verdict === 'number' ? `HTTP ${verdict}` : verdict;
        const code = typeof verdict === 'number' ? 'http' : verdict.replaceAll(' ', '_');
        expect(result).toMatchObject({
          responseCode: typeof verdict === 'number' ? verdict : null,
          errorMessage: isSuccess ? null : reason,
          errorCode: isSuccess ? null : code,
        });
        expect(Buffer.byteLength(result.responseBody ?? '', 'latin1')).toBeLessThanOrEqual(1024);
        expect(trap.sockets.length).toBeLessThanOrEqual(receiver.connections ?? 1);
        if (typeof verdict !== 'number') await until(() => trap.isCut(), 'the cut');
        // What is dropped as it comes, up to the deadline, takes no memory.
        if (result.durationMs < seconds * 1000) expect(trap.written).toBeLessThan(BUFFERS);

        const [own, healthy] = [await sender(), await receive()];
        expect(await firstValueFrom(own.send(attempt(healthy.url())))).toMatchObject({ responseCode: 200 });
      } finally {
        await trap.close();
      }
    },
  );
});

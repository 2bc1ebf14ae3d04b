import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, ForbiddenException, HttpCode, Post, Req } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { BodyRoom } from './body-room.js';
import { BODY_LIMITS, JsonBodyGuard, parseJson, type JsonRequest } from './json-body.js';
import { ProblemFilter } from './problem.filter.js';

const MIB = 1024 * 1024;

@Controller()
class Echo {
  @Post(['echo', 'events/batch'])
  @HttpCode(200)
  echo(@Req() { body, rawJson }: JsonRequest): object {
    return { type: typeof body, size: rawJson?.length, rawJson: rawJson?.slice(0, 100) };
  }
}

let app: NestExpressApplication;
let bytesRead = 0;

beforeAll(async () => {
  const guard = {
    canActivate(context: any): boolean {
      const http = context.switchToHttp().getRequest();
      if (http.headers['x-key'] !== 'no') return true;
      bytesRead = http.readableDidRead ? 1 : 0;
      throw new ForbiddenException('no');
    },
  };
  const module = await Test.createTestingModule({
    controllers: [Echo],
    providers: [
      BodyRoom,
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_GUARD, useValue: guard },
      { provide: BODY_LIMITS, useValue: { single: MIB, batch: 16 * MIB } },
      { provide: APP_GUARD, useClass: JsonBodyGuard },
    ],
  }).compile();
  app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false } as never);
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());

const post = (body: string | Buffer, type = 'application/json', path = '/echo') =>
  request(app.getHttpServer())
    .post(path)
    .set('Content-Type', type)
    .serialize((value) => value)
    .send(body);

const FRAMINGS = ['Content-Length: 0\r\n', 'Transfer-Encoding: chunked\r\n\r\n0\r\n'];

/** By hand: no client sends all of these. */
async function statusOfEmpty(type: string | undefined, framing: string): Promise<number> {
  const socket = connect((app.getHttpServer().address() as AddressInfo).port, '127.0.0.1');
  const kind = type === undefined ? '' : `Content-Type: ${type}\r\n`;
  socket.end(`POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${kind}${framing}\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1]);
}

/** A client that sends a byte of a large body now and then. */
function drip(port: number, length: number): { begun: Promise<void>; ended: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  const head = 'POST /events/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  const begun = new Promise<void>((resolve) =>
    socket.write(`${head}Content-Length: ${length}\r\n\r\n[`, () => resolve()),
  );
  const timer = setInterval(() => socket.write(' '), 100);
  const ended = (async () => {
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return answer;
  })().finally(() => clearInterval(timer));
  return { begun, ended };
}

describe('JsonBodyGuard', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/merge-patch+json',
    'application/vnd.hound.v1+json',
  ])('reads %s and keeps its text', async (type) => {
    const text = '{ "n": 12345678901234567890, "x": 1.0, "é": "\\ud800" }';
    const { body } = await post(text, type).expect(200);
    expect(body).toMatchObject({ type: 'object', rawJson: text });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'text/json', ''])(
    'refuses the content type "%s"',
    async (type) => {
      const { body } = await post('{}', type).expect(415);
      expect(body.detail).toMatch('application/json');
    },
  );

  it('refuses a compressed body', async () => {
    await post('{}').set('Content-Encoding', 'gzip').expect(415);
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain ;x', 'Multipart/Form-Data; boundary=x'])(
    'refuses a form without fields, which has no body: "%s"',
    async (type) => {
      for (const framing of FRAMINGS) expect(await statusOfEmpty(type, framing)).toBe(415);
    },
  );

  it.each([undefined, '', 'application/json', 'application/octet-stream', 'text/html', 'x'])(
    'takes an empty body of type "%s" for none, however a proxy frames it',
    async (type) => {
      for (const framing of FRAMINGS) expect(await statusOfEmpty(type, framing)).toBe(200);
    },
  );

  it.each([undefined, '', 'application/octet-stream', 'text/html'])(
    'refuses chunks that are not empty and said to be "%s"',
    async (type) => {
      expect(await statusOfEmpty(type, 'Transfer-Encoding: chunked\r\n\r\n2\r\n{}')).toBe(415);
    },
  );

  it('needs no content type where there is no body', async () => {
    const { body } = await request(app.getHttpServer()).post('/echo').expect(200);
    expect(body).toEqual({ type: 'undefined' });
  });

  it.each(['{"a":tru}', '{"a":1', '{"a":1,}', "{'a':1}", '[1', '{"a":"\n"}', 'NaN', ' '])(
    'answers %j with 400 and what is wrong',
    async (text) => {
      const { body } = await post(text).expect(400);
      expect(body.detail).toMatch(/^The body is not valid JSON: ./);
    },
  );

  it.each([
    '{"secret":"planted" x}',
    '{"secret":"planted"',
    'planted',
    '{"secret":planted}',
    '["planted"} and much more text than is shown around the mistake',
    '{"secret":"planted\u0001"}',
  ])('does not show what it was sent: %j', async (text) => {
    const { text: answer } = await post(text).expect(400);
    expect(answer).not.toContain('plant');
  });

  it('refuses bytes that are no UTF-8', async () => {
    const { body } = await post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])).expect(400);
    expect(body.detail).toBe('The body is not valid UTF-8');
  });

  it('takes as much as its limits say, and more where events come in batches', async () => {
    const text = (size: number) => `"${'x'.repeat(size - 2)}"`;
    await post(text(MIB)).expect(200);
    const { body } = await post(text(MIB + 1)).expect(413);
    expect(body.detail).toBe(`The body must have at most ${MIB} bytes`);
    const batch = await post(text(16 * MIB), 'application/json', '/events/batch').expect(200);
    expect(batch.body.size).toBe(16 * MIB);
    await post(text(16 * MIB + 1), 'application/json', '/events/batch').expect(413);
  });

  it('lets nobody wait for long behind bodies that drip', async () => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const drips = Array.from({ length: 3 }, () => drip(port, 16 * MIB));
    await Promise.all(drips.map(({ begun }) => begun));
    const { body } = await post(`"${'x'.repeat(MIB)}"`, 'application/json', '/events/batch').expect(200);
    expect(body.size).toBe(MIB + 2);
    const [answer] = await Promise.all(drips.map(({ ended }) => ended));
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toMatch('The body came too slowly: send at least 64 KiB a second, or smaller bodies');
    expect(answer).toMatch(/\r\nConnection: close\r\n/i);
  }, 60_000);

  it('reads nothing from who may not call', async () => {
    await post('{"a":1}').set('X-Key', 'no').expect(403);
    expect(bytesRead).toBe(0);
  });
});

describe('parseJson', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

  it('takes 64 levels', () => {
    expect(parseJson(nested(64))).toBeInstanceOf(Array);
  });

  it.each([nested(65), nested(4_000_000), '['.repeat(4_000_000), '{"a":'.repeat(100)])(
    'refuses more without parsing (case %#)',
    (text) => {
      const parse = jest.spyOn(JSON, 'parse');
      try {
        expect(() => parseJson(text)).toThrow('nested more than 64 levels deep');
        expect(parse).not.toHaveBeenCalled();
      } finally {
        parse.mockRestore();
      }
    },
  );
});

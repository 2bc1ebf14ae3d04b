import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import type { Request, Response } from 'express';
import request from 'supertest';
import { ExpressHttpAdapter } from './express-http.adapter.js';

let seen: object[];

@Controller()
class Echo {
  @Get('echo')
  echo(@Req() { ip, query, headers }: Request) {
    return { ip, query, agent: headers['user-agent'] };
  }

  @Get('prototypes')
  prototypes(@Req() asked: Request, @Res() answer: Response) {
    seen.push(prototypeOf(asked), prototypeOf(answer));
    answer.status(204).end();
  }
}

const prototypeOf = (value: object): object => Object.getPrototypeOf(value) as object;

let app: NestExpressApplication;

beforeEach(async () => {
  seen = [];
  const module = await Test.createTestingModule({ controllers: [Echo] }).compile();
  app = module.createNestApplication<NestExpressApplication>(new ExpressHttpAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
});
afterEach(() => app.close());

describe('ExpressHttpAdapter', () => {
  it('makes requests and answers as Express wants them, so that it changes none of them', async () => {
    app.getHttpServer().prependListener('request', (asked: IncomingMessage, answer: ServerResponse) => {
      seen.push(prototypeOf(asked), prototypeOf(answer));
    });
    await request(app.getHttpServer()).get('/prototypes').expect(204);
    const [askedBefore, answerBefore, asked, answer] = seen;
    expect(asked).toBe(askedBefore);
    expect(answer).toBe(answerBefore);
  });

  it('leaves Express its methods and properties', async () => {
    const { body, headers } = await request(app.getHttpServer())
      .get('/echo?a=1')
      .set('User-Agent', 'hound')
      .expect(200);
    expect(body).toEqual({ ip: '127.0.0.1', query: { a: '1' }, agent: 'hound' });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
  });
});

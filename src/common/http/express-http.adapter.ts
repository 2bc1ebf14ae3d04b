import { createServer, IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';

/** An Express application, with the prototypes that it gives to requests and answers. */
type Application = RequestListener & { request: object; response: object };

/**
 * Express over HTTP whose requests and answers are made with the prototypes that Express wants. Express itself takes
 * those of Node and changes them, one by one: V8 then treats each as a shape of its own, slow to use and slow to
 * collect (expressjs/express#5998; measured with Node 20: 72 µs of CPU for a bare request instead of 20).
 *
 * Nest's options `httpsOptions`, `forceCloseConnections` and `return503OnClosing` have no effect with it.
 */
export class ExpressHttpAdapter extends ExpressAdapter {
  override initHttpServer(): void {
    const express = this.getInstance<Application>();
    class ExpressRequest extends IncomingMessage {}
    class ExpressResponse extends ServerResponse {}
    Object.setPrototypeOf(ExpressRequest.prototype, express.request);
    Object.setPrototypeOf(ExpressResponse.prototype, express.response);
    express.request = ExpressRequest.prototype;
    express.response = ExpressResponse.prototype;
    const classes = { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse };
    this.httpServer = createServer(classes, express);
  }
}

import {
  Controller,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Post,
  Req,
  UnauthorizedException,
  UseGuards,
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  type RawBodyRequest,
} from '@nestjs/common';
import { createReceiver, type ReceivedEvent, type WebhookHandler } from 'basset-hound-webhooks/receiver';
import type { IncomingMessage } from 'node:http';

type HookRequest = RawBodyRequest<IncomingMessage> & { webhook?: ReceivedEvent };

/** Lets authentic requests through, with their event in `request.webhook`. Needs `rawBody: true` of NestFactory. */
@Injectable()
export class WebhookGuard implements CanActivate {
  private readonly receiver;

  constructor(@Inject('WEBHOOK_SECRET') secret: string) {
    this.receiver = createReceiver({ secrets: [secret] });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<HookRequest>();
    try {
      const { headers, rawBody } = request;
      request.webhook = await this.receiver.verify({ headers, body: rawBody ?? '' });
      return true;
    } catch (error) {
      throw new UnauthorizedException(String(error));
    }
  }
}

@Controller('hook')
export class HookController {
  constructor(@Inject('WEBHOOK_HANDLER') private readonly handler: WebhookHandler) {}

  @Post()
  @UseGuards(WebhookGuard)
  @HttpCode(204)
  async receive(@Req() { webhook }: HookRequest): Promise<void> {
    if (webhook) await this.handler(webhook);
  }
}

@Module({ controllers: [HookController] })
export class HookModule {
  static with(secret: string, handler: WebhookHandler): DynamicModule {
    const providers = [
      { provide: 'WEBHOOK_SECRET', useValue: secret },
      { provide: 'WEBHOOK_HANDLER', useValue: handler },
    ];
    return { module: HookModule, providers };
  }
}

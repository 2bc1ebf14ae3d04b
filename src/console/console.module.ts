import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { RequestValidationPipe } from '../common/http/validation.pipe.js';
import { SessionController } from './session.controller.js';

/** What the console needs besides the API: who has signed in. Its pages are served by `serveConsole`. */
@Module({
  imports: [AuthModule],
  controllers: [SessionController],
  providers: [RequestValidationPipe],
})
export class ConsoleModule {}

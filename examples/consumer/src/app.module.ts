import { Module } from '@nestjs/common';
import { WebhooksModule } from 'basset-hound-webhooks';
import { EntityService } from './entity.service.js';

const {
  NEO4J_URI: uri,
  NEO4J_USER: user = 'neo4j',
  NEO4J_PASSWORD: password = '',
  SECRETS_KEY,
} = process.env;

@Module({
  imports: [
    WebhooksModule.forRoot({
      ...(uri ? { neo4j: { uri, user, password } } : {}),
      ...(SECRETS_KEY ? { secretsKeys: [SECRETS_KEY] } : {}),
      // The receiver of this example is on this machine.
      allowedNetworks: ['127.0.0.0/8'],
      eventTypes: [{ event: 'case.closed', description: 'Case Closed' }],
    }),
  ],
  providers: [EntityService],
})
export class AppModule {}

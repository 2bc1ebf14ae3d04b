import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Neo4jModule } from '../neo4j/neo4j.module.js';
import { HealthController } from './health.controller.js';
import { Neo4jHealthIndicator } from './neo4j.health.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false, errorLogStyle: 'json' }), Neo4jModule],
  controllers: [HealthController],
  providers: [Neo4jHealthIndicator],
})
export class HealthModule {}

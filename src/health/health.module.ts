import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { EngineModule } from '../engine/engine.module.js';
import { Neo4jModule } from '../neo4j/neo4j.module.js';
import { DeliveryHealthIndicator } from './delivery.health.js';
import { HealthController } from './health.controller.js';
import { Neo4jHealthIndicator } from './neo4j.health.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false, errorLogStyle: 'json' }), EngineModule, Neo4jModule],
  controllers: [HealthController],
  providers: [DeliveryHealthIndicator, Neo4jHealthIndicator],
})
export class HealthModule {}

import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { Public } from '../common/http/public.js';
import { Neo4jHealthIndicator } from './neo4j.health.js';

@ApiTags('operations')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly neo4j: Neo4jHealthIndicator,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process runs' })
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('ready')
  @HealthCheck()
  @ApiOperation({ summary: 'Events are accepted: Neo4j answers, and the service is not shutting down' })
  async ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.neo4j.check('neo4j')]);
  }
}

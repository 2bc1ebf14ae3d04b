import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { ApiOnlyProblems } from '../common/http/api-problems.js';
import { Public } from '../common/http/public.js';
import { DeliveryHealthIndicator } from './delivery.health.js';
import { Neo4jHealthIndicator } from './neo4j.health.js';

/** Terminus throws its whole report; the problem says which part is down, and why. */
function notReady(error: unknown): unknown {
  if (!(error instanceof ServiceUnavailableException)) return error;
  const { error: parts = {} } = error.getResponse() as HealthCheckResult;
  const reasons = Object.entries(parts).map(([part, state]) => `${part}: ${String(state?.['message'])}`);
  return new ServiceUnavailableException(`Not ready: ${reasons.join(', ')}`);
}

const STATUS = { status: { type: 'string', example: 'ok' } };
const PARTS = { type: 'object', example: { neo4j: { status: 'up' }, delivery: { status: 'up' } } };
const REPORT = { ...STATUS, info: PARTS, error: { type: 'object', example: {} }, details: PARTS };

@ApiTags('operations')
@Public('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly neo4j: Neo4jHealthIndicator,
    private readonly delivery: DeliveryHealthIndicator,
  ) {}

  @Get('live')
  @ApiOkResponse({ schema: { type: 'object', properties: STATUS, required: Object.keys(STATUS) } })
  @ApiOnlyProblems(401)
  @ApiOperation({ operationId: 'getLiveness', summary: 'The process runs', security: [] })
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOkResponse({ schema: { type: 'object', properties: REPORT, required: Object.keys(REPORT) } })
  @ApiOnlyProblems(401, 503)
  @HealthCheck({ noCache: true, swaggerDocumentation: false })
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Events are accepted: Neo4j answers, deliveries go on, and the service is not shutting down',
    security: [],
  })
  async ready(): Promise<HealthCheckResult> {
    try {
      return await this.health.check([
        () => this.neo4j.check('neo4j'),
        () => this.delivery.check('delivery'),
      ]);
    } catch (error) {
      throw notReady(error);
    }
  }
}

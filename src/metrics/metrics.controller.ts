import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ApiOnlyProblems } from '../common/http/api-problems.js';
import { Public } from '../common/http/public.js';
import { PrometheusMetrics } from './prometheus.metrics.js';

@ApiTags('operations')
@Public('metrics')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: PrometheusMetrics) {}

  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ operationId: 'getMetrics', summary: 'Figures in the Prometheus text format', security: [] })
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String })
  @ApiOnlyProblems(401, 403)
  async read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}

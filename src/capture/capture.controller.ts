import { Controller, Get, UseFilters, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiGuard } from '../auth/api.guard.js';
import { ApiProblems } from '../common/http/api-problems.js';
import { ProblemFilter } from '../common/http/problem.filter.js';
import { CaptureStatusService } from './capture-status.js';
import { CaptureStatusDto } from './capture.dto.js';

/** What becomes of changes of the graph. */
@ApiTags('capture')
@Controller('capture')
@UseFilters(ProblemFilter)
@UseGuards(ApiGuard)
export class CaptureController {
  constructor(private readonly capture: CaptureStatusService) {}

  @Get()
  @ApiOperation({
    operationId: 'getCapture',
    summary: 'Whether changes of the graph are captured, and what waits to become events',
  })
  @ApiOkResponse({ type: CaptureStatusDto })
  @ApiProblems()
  async status(): Promise<CaptureStatusDto> {
    const { state, writer, rowsWaiting, oldestAt, rejected, lastError, gapSince } =
      await this.capture.status();
    return {
      state,
      writer,
      rows_waiting: rowsWaiting,
      oldest_at: oldestAt,
      rejected,
      last_error: lastError,
      gap_since: gapSince,
    };
  }
}

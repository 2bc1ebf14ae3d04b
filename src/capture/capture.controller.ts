import { Controller, Get, HttpCode, Post, UseFilters, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiGuard } from '../auth/api.guard.js';
import { ApiProblems } from '../common/http/api-problems.js';
import { ProblemFilter } from '../common/http/problem.filter.js';
import { CaptureStatusService } from './capture-status.js';
import { CANNOT_KNOW, CaptureStatusDto, ScanAskedDto } from './capture.dto.js';

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
    const { state, writer, rowsWaiting, oldestAt, rejected, lastError, gapSince, scanAskedAt, lastScan } =
      await this.capture.status();
    return {
      state,
      writer,
      rows_waiting: rowsWaiting,
      oldest_at: oldestAt,
      rejected,
      last_error: lastError,
      gap_since: gapSince,
      scan_asked_at: scanAskedAt,
      last_scan: lastScan,
    };
  }

  @Post('scan')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'scanGraph',
    summary: 'Compare the graph with what was told of it, and make events of what nobody was told of',
  })
  @ApiAcceptedResponse({ type: ScanAskedDto })
  @ApiProblems(400)
  async scan(): Promise<ScanAskedDto> {
    return { asked_at: await this.capture.askForScan(), cannot_know: [...CANNOT_KNOW] };
  }
}

import { Injectable } from '@nestjs/common';

/** What `GET /capture` and the metrics tell of the relay. */
@Injectable()
export class RelayState {
  rowsWaiting = 0;
  rowsCaptured = 0;
  rowsRejected = 0;
  lastError: string | null = null;

  waiting(rows: number): void {
    this.rowsWaiting = rows;
    this.lastError = null;
  }

  captured(rows: number): void {
    this.rowsCaptured += rows;
  }

  rejected(rows: number): void {
    this.rowsRejected += rows;
  }

  failed(error: unknown): void {
    this.lastError = error instanceof Error ? error.message : String(error);
  }
}

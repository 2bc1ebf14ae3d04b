import { Injectable } from '@nestjs/common';

/**
 * Closes what was opened for the graph when a start fails: an application that never started is closed by nobody, and an
 * open driver would keep its process alive.
 */
@Injectable()
export class BootGuard {
  constructor(private readonly close: () => Promise<void> = async () => undefined) {}

  /** Does a part of the start. @throws what it throws, when all is closed */
  async during<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.close().catch(() => undefined);
      throw error;
    }
  }
}

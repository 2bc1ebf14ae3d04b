/** Something that keeps the service from starting: the message alone tells the operator what to do. */
export class BootError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BootError';
  }
}

/** The stored body of an event, as text and as the bytes that are sent; shared by all deliveries of the event. */
export class EventBody {
  private encoded: Buffer | undefined;

  constructor(readonly text: string) {}

  /** Encoded on first use, so that what waits does not cost twice. */
  get bytes(): Buffer {
    this.encoded ??= Buffer.from(this.text, 'utf8');
    return this.encoded;
  }
}

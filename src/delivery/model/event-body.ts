/** The stored body of an event, as text until it is sent and as bytes from then on; shared by all deliveries of the event. */
export class EventBody {
  private text: string | undefined;
  private encoded: Buffer | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Encoded on first use, and the text let go: a body does not cost twice. */
  get bytes(): Buffer {
    this.encoded ??= Buffer.from(this.text ?? '', 'utf8');
    this.text = undefined;
    return this.encoded;
  }
}

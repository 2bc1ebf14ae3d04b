/** A random id (UUIDv4). `crypto.randomUUID` is not there in plain http from another machine. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * An id for what a form holds, until it is accepted: pressed twice, or once more after an answer that was lost, it is one
 * event. Something else in the form is another.
 */
export class OwnId {
  private content: string | undefined;
  private id = '';

  of(content: string): string {
    if (content !== this.content) this.id = randomId();
    this.content = content;
    return this.id;
  }

  /** The next is another event, also with the same content. */
  renew(): void {
    this.content = undefined;
  }
}

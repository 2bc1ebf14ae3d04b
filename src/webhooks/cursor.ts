/** A cursor names the last item of a page; callers pass it back and look no further. */
export function encodeCursor(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url');
}

const ENCODED = /^[A-Za-z0-9_-]{1,400}$/;

export function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('utf8');
}

/** Whether a text is a cursor that `encodeCursor` could have made. */
export function isCursor(text: string): boolean {
  return ENCODED.test(text) && encodeCursor(decodeCursor(text)) === text;
}

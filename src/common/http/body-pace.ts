/** A body that takes longer is dropped, however fast it comes, s. */
const LONGEST_S = 60;
/** Bytes a second, on average. */
const FLOOR = 64 * 1024;
/** So long a body may come slower, s; less while others wait for the room that it holds. */
const GRACE_S = 20;
const SHORT_GRACE_S = 5;

/**
 * Whether a body is to give its room up. Each 64 KiB that have come give it another second, as with the `MinRate` of
 * Apache's mod_reqtimeout.
 *
 * @param seconds since its reading began
 * @param bytes that have come
 * @param isWanted others wait for its room
 */
export function isTooSlow(seconds: number, bytes: number, isWanted: boolean): boolean {
  const grace = isWanted ? SHORT_GRACE_S : GRACE_S;
  return seconds >= Math.min(LONGEST_S, grace + bytes / FLOOR);
}

import type { EventBody } from '../model/event-body.js';

const MIB = 1024 * 1024;
/** Bytes of bodies held in memory, over all webhooks. */
const MAX_BYTES = 64 * MIB;
/** Besides them, for small bodies of webhooks that hold hardly anything: others' large ones do not hold them up. */
const RESERVE_BYTES = 16 * MIB;
const SMALL = 64 * 1024;
/** A webhook that holds something already holds no more than this. */
const MAX_OF_WEBHOOK = 8 * MIB;

interface Holder {
  readonly bytes: number;
  holders: number;
  body?: EventBody;
}

/**
 * Counts the bodies in memory, each once, however many deliveries share it. What is larger than the room that is left
 * is held alone: one body at a time, beside the others.
 */
export class HeldBytes {
  private readonly bodies = new Map<string, Holder>();
  private readonly ofWebhook = new Map<string, number>();
  private used = 0;
  /** The event whose body is held although there was no room. */
  private alone: string | undefined;

  /** @param hardlyAny whether the webhook holds so little that it may use the reserve, or be held alone */
  hasRoom(webhookId: string, eventId: string, bytes: number, hardlyAny: boolean): boolean {
    const own = this.ofWebhook.get(webhookId) ?? 0;
    if (own > 0 && own + bytes > MAX_OF_WEBHOOK) return false;
    if (this.bodies.has(eventId) || this.used + bytes <= MAX_BYTES) return true;
    if (!hardlyAny) return false;
    return this.isForReserve(bytes) || this.alone === undefined;
  }

  add(webhookId: string, eventId: string, bytes: number): void {
    this.ofWebhook.set(webhookId, (this.ofWebhook.get(webhookId) ?? 0) + bytes);
    const body = this.bodies.get(eventId);
    if (body) body.holders += 1;
    else this.addBody(eventId, bytes);
  }

  remove(webhookId: string, eventId: string): void {
    const body = this.bodies.get(eventId);
    if (!body) return;
    const left = (this.ofWebhook.get(webhookId) ?? 0) - body.bytes;
    if (left > 0) this.ofWebhook.set(webhookId, left);
    else this.ofWebhook.delete(webhookId);
    body.holders -= 1;
    if (body.holders === 0) this.removeBody(eventId, body.bytes);
  }

  /** The body of an event that is held; undefined when it is not here (yet). */
  bodyOf(eventId: string): EventBody | undefined {
    return this.bodies.get(eventId)?.body;
  }

  /** Keeps the body of an event that is held, and answers the one to use: it may be here already. */
  keep(eventId: string, body: EventBody): EventBody {
    const holder = this.bodies.get(eventId);
    if (!holder) return body;
    holder.body ??= body;
    return holder.body;
  }

  private isForReserve(bytes: number): boolean {
    return bytes <= SMALL && this.used + bytes <= MAX_BYTES + RESERVE_BYTES;
  }

  private addBody(eventId: string, bytes: number): void {
    this.bodies.set(eventId, { bytes, holders: 1 });
    if (this.used + bytes > MAX_BYTES && !this.isForReserve(bytes)) this.alone ??= eventId;
    if (this.alone !== eventId) this.used += bytes;
  }

  private removeBody(eventId: string, bytes: number): void {
    this.bodies.delete(eventId);
    if (this.alone === eventId) this.alone = undefined;
    else this.used -= bytes;
  }
}

/** Deliveries that are remembered for one webhook. */
const MOST = 1000;

/** Which deliveries of one webhook were blocked, and whether others arrived since: then it is not the webhook that is blocked. */
export class BlockedOnes {
  /** How many requests had arrived when a delivery was first blocked, by its id. */
  private readonly since = new Map<string, number>();
  private arrived = 0;

  /** A request of the webhook arrived. */
  noteArrival(): void {
    this.arrived += 1;
  }

  /** A delivery was blocked. Answers whether others arrived since it was for the first time. */
  isAlone(deliveryId: string): boolean {
    const arrived = this.since.get(deliveryId);
    if (arrived !== undefined) return this.arrived > arrived;
    if (this.since.size >= MOST) this.forgetOldest();
    this.since.set(deliveryId, this.arrived);
    return false;
  }

  clear(): void {
    this.since.clear();
  }

  private forgetOldest(): void {
    for (const id of this.since.keys()) {
      this.since.delete(id);
      return;
    }
  }
}

/** Which events were handled already; over a database it also survives a restart and serves several processes. */
export interface SeenEvents {
  has(id: string): boolean | Promise<boolean>;
  /** Called once the handler has succeeded. */
  add(id: string): unknown;
}

/** The last `limit` events, in the memory of this process. */
export function memorySeen(limit = 10_000): SeenEvents {
  const ids = new Set<string>();
  return {
    has: (id) => ids.has(id),
    add(id) {
      ids.add(id);
      // A set keeps the order of insertion: the first one is the oldest.
      const [oldest = id] = ids.size > limit ? ids : [];
      if (ids.size > limit) ids.delete(oldest);
    },
  };
}

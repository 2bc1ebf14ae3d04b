/**
 * Uses one item after the other, and prepares each while the one before it is used.
 *
 * @param use answers whether to go on; what was prepared for the next item is dropped then
 */
export async function overlapped<Item, Ready>(
  items: readonly Item[],
  prepare: (item: Item) => Promise<Ready>,
  use: (ready: Ready) => Promise<boolean>,
): Promise<void> {
  const prepared = (i: number): Promise<Ready> | undefined => {
    const ready = i < items.length ? prepare(items[i] as Item) : undefined;
    // Whoever uses it hears of it; nobody may.
    ready?.catch(() => undefined);
    return ready;
  };
  let next = prepared(0);
  for (let i = 1; next !== undefined; i += 1) {
    const ready = await next;
    next = prepared(i);
    if (!(await use(ready))) return;
  }
}

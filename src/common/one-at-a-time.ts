/** However many callers give up waiting, one question at a time is put; who asks meanwhile gets its answer. */
export function oneAtATime<T>(read: () => T | Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () =>
    (reading ??= Promise.resolve()
      .then(read)
      .finally(() => (reading = undefined)));
}

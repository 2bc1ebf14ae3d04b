/**
 * The result of a promise, or a rejection when it takes longer than `ms`; what it stands for goes on all the same.
 *
 * @param late what to reject with
 */
export async function within<T>(
  ms: number,
  promise: Promise<T>,
  late: () => Error = () => new Error(`No answer within ${ms} ms`),
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}

type End = () => Promise<void>;

const open = new Set<End>();

/** Makes sure that `end` is called, once: by the answer of this function, or when the benchmark ends, however it does. */
export function endLater(end: End): End {
  let ending: Promise<void> | undefined;
  const once: End = () => (ending ??= end().finally(() => open.delete(once)));
  open.add(once);
  return once;
}

/** Ends what is still open, what was started last first. */
export async function endAll(): Promise<void> {
  for (const end of [...open].reverse()) {
    await end().catch((error: unknown) => process.stderr.write(`Not ended cleanly: ${String(error)}\n`));
  }
}

/** Ctrl-C, SIGTERM and an error that nobody caught end everything that was started, too. */
export function endAllOnSignals(): void {
  const leave = (status: number): void => {
    void endAll().finally(() => process.exit(status));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => leave(130));
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${error.stack ?? String(error)}\n`);
    leave(1);
  });
}

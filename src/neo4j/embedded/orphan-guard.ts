import { spawn } from 'node:child_process';
import type { Layout } from './layout.js';
import { signal } from './processes.js';

export interface GuardTimes {
  /** Whole seconds between two looks. @default 5 */
  readonly everySeconds?: number;
  /** Whole seconds that a server may be without an owner. @default 60 */
  readonly graceSeconds?: number;
}

/**
 * Looks whether the process in the owner file lives, and ends the server after a time without one. It trusts nothing
 * but what it sees: a service that took the server over is an owner like any other, and a process id that went to a
 * stranger is left alone. POSIX sh; `/proc` where there is one, else `ps`.
 */
const SCRIPT = `
server=$1 home=$2 owner=$3 every=$4 grace=$5 alone=0
is_ours() { { tr '\\0' ' ' < "/proc/$server/cmdline" || ps -p "$server" -o args=; } 2>/dev/null | grep -qF -e "$home"; }
is_owned() { kill -0 "$(sed -n 's/.*"pid":\\([0-9][0-9]*\\).*/\\1/p' "$owner")"; } 2>/dev/null
while is_ours; do
  if is_owned; then alone=0; else alone=$((alone + every)); fi
  if [ "$alone" -gt "$grace" ]; then kill -TERM "$server"; exit; fi
  sleep "$every"
done
`;

/**
 * Sees to it that a server whose owner was killed, or interrupted while it started, does not run for ever.
 * @returns ends the guard, which otherwise ends by itself soon after the server
 */
export function guardServer(
  pid: number,
  { home, owner }: Layout,
  { everySeconds = 5, graceSeconds = 60 }: GuardTimes = {},
): () => void {
  const values = [pid, `--home-dir=${home}`, owner, everySeconds, graceSeconds].map(String);
  const guard = spawn('sh', ['-c', SCRIPT, 'neo4j-guard', ...values], {
    cwd: '/',
    detached: true,
    stdio: 'ignore',
  });
  // Without a shell there is no guard: the next start finds and ends what was left behind all the same.
  guard.on('error', () => undefined);
  guard.unref();
  return () => {
    // Its group, so that its sleep goes with it.
    const runs = guard.exitCode === null && guard.signalCode === null;
    if (runs && guard.pid !== undefined) signal(-guard.pid, 'SIGTERM');
  };
}

import { isSea } from 'node:sea';

/** As many as two cores keep busy; more only hold memory back. */
const ARENAS = '2';

/**
 * Goes on in the same process as the same program, begun anew, where glibc would give each of a peer's sixteen threads a heap of its own: what one of
 * them lets go no other can take, 50 MiB after some large jobs. That is set by the environment before a process begins.
 */
export function beginWithFewArenas(): void {
  if (process.platform !== 'linux' || process.env.MALLOC_ARENA_MAX !== undefined) return;
  // A channel to a parent would be closed.
  if (process.channel || !process.execve) return;
  const args = isSea() ? process.argv.slice(2) : [...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, [process.argv0, ...args], { ...process.env, MALLOC_ARENA_MAX: ARENAS });
}

import { anyThreadHangs } from '../core/hung-threads.ts';

/**
 * Ends the process with an exit code. Node waits for its threads, and one that hangs in the system would keep it for ever: then another
 * program takes the place of this one, which ends all threads, and gives the code.
 */
export function leave(code: number): never {
  if (anyThreadHangs()) {
    try {
      process.execve?.('/bin/sh', ['sh', '-c', `exit ${code}`]);
    } catch {
      // Not on this system: better to end by force than not at all.
    }
    process.kill(process.pid, 'SIGKILL');
  }
  process.exit(code);
}

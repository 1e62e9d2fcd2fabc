import type { Worker } from 'node:worker_threads';
import type { Clock } from '../../core/clock.ts';
import { threadHangs } from '../../core/hung-threads.ts';

/** Ends a thread. One that hangs in the system cannot be ended: it is not waited for longer than a moment. */
export async function endThread(worker: Worker, clock: Clock): Promise<void> {
  const ended = await Promise.race([
    worker.terminate().then(() => true),
    new Promise<boolean>((resolve) => clock.after(WAIT_MS, () => resolve(false))),
  ]);
  if (!ended) threadHangs();
}

const WAIT_MS = 2000;

import type { Clock } from './clock.ts';

/** Waits that can all be cut short at once. Leaves nothing behind on the signals that it was given. */
export class Wakeup {
  readonly #waiting = new Set<() => void>();

  /** Ends every wait that is under way. */
  wake(): void {
    for (const end of [...this.#waiting]) end();
  }

  /** Resolves after `ms` or at `wake`, whichever comes first; rejects with the signal's reason. */
  wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const finish = (settle: () => void) => {
        cancel();
        this.#waiting.delete(end);
        signal.removeEventListener('abort', onAbort);
        settle();
      };
      const end = () => finish(resolve);
      const onAbort = () => finish(() => reject(signal.reason));
      const cancel = clock.after(ms, end);
      this.#waiting.add(end);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}

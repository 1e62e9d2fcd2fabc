import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Milliseconds until giving up: long enough for a machine that does ten other things. */
  readonly timeout?: number;
  /** Milliseconds between two looks. */
  readonly every?: number;
}

/**
 * Calls `check` until it returns without throwing anything and gives something other than false or undefined; answers with
 * that. At the deadline throws what the last look threw, so that a failing test says what was still wrong.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeout = 60_000, every = 50 }: EventuallyOptions = {},
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + timeout;
  let last: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value !== false && value !== undefined) return value as Exclude<T, false | undefined>;
      last = new Error(`still ${String(value)}`);
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) {
      const text = last instanceof Error ? last.message : String(last);
      throw new Error(`not within ${timeout} ms: ${text}`, { cause: last });
    }
    await delay(every);
  }
}

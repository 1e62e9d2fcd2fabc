import { setImmediate } from 'node:timers/promises';

/** Runs work that comes in short steps, and lets others have the thread between them. */
export async function runSteps<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await letOthers();
  }
}

/** Everybody else who waits for the thread has it first. */
export const letOthers = (): Promise<void> => setImmediate();

import { eventually } from '../harness/eventually.ts';

/** Resolves when it holds; looks often, for what takes a few milliseconds. Throws with the condition after 10 s. */
export const until = async (holds: () => boolean): Promise<void> => {
  await eventually(
    () => {
      if (!holds()) throw new Error(`waited in vain: ${holds}`);
      return true;
    },
    { timeout: 10_000, every: 2 },
  );
};

import type { Output } from './output.ts';

/** After so long somebody wonders. */
const PATIENCE_MS = 1000;

/** The answer, and what is being waited for on standard error where it takes a while. */
export async function whileWaiting<T>(output: Output, words: string, answer: Promise<T>): Promise<T> {
  const timer = setTimeout(() => output.note(words), PATIENCE_MS);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
  }
}

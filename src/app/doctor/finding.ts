import { asPeerdexError } from '../../core/errors.ts';

/** What one look of the doctor came to. */
export interface Finding {
  /** What was looked at, by a name that stays. */
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** A sentence for people. */
  readonly text: string;
  /** What to do about it; absent where all is well. */
  readonly todo?: string | undefined;
}

export type Check = () => Promise<readonly Finding[]> | readonly Finding[];

export const ok = (check: string, text: string): Finding => ({ check, status: 'ok', text });
export const warn = (check: string, text: string, todo: string): Finding => ({
  check,
  status: 'warn',
  text,
  todo,
});
export const fail = (check: string, text: string, todo: string): Finding => ({
  check,
  status: 'fail',
  text,
  todo,
});

/** Runs checks side by side; one that throws failed. In their order. */
export async function runChecks(checks: Readonly<Record<string, Check>>): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        return await check();
      } catch (error) {
        const { message, hint } = asPeerdexError(error);
        return [fail(name, message, hint ?? 'look at what the sentence names, then run the doctor again')];
      }
    }),
  );
  return findings.flat();
}

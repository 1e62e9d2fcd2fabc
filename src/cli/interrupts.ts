import { PeerdexError } from '../core/errors.ts';
import { EXIT_INTERRUPTED } from './exit-codes.ts';

export interface Interrupts extends Disposable {
  /** Aborted by the first signal, with an error of code `interrupted`. */
  readonly signal: AbortSignal;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Takes over what ends a process from outside, so that the work can be ended in order. A second one ends the process at once.
 * Signals that are not in `signals` do what they ever do.
 */
export function catchInterrupts(signals: readonly NodeJS.Signals[] = SIGNALS): Interrupts {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort(new PeerdexError('interrupted', `interrupted by ${name}`));
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

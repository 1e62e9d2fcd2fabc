import type { Log } from '../../core/ports/log.ts';
import type { LeaseOutcome } from './lease-keeper.ts';
import { didAnswer, isFinal } from './outcome.ts';

export interface OutcomesOptions {
  readonly log: Log;
  /** Called when this peer is registered again after it was not for a while. */
  readonly onReturn: () => void;
}

/** What became of the tries to hold this peer's lease: the last outcome, the log's lines of what it changed, and who waits for it. */
export class Outcomes {
  readonly #options: OutcomesOptions;
  #last: LeaseOutcome | undefined;
  readonly #waiting = new Set<(outcome: LeaseOutcome) => void>();
  readonly #registryListeners = new Set<() => void>();

  constructor(options: OutcomesOptions) {
    this.#options = options;
  }

  get last(): LeaseOutcome | undefined {
    return this.#last;
  }

  forget(): void {
    this.#last = undefined;
  }

  add(outcome: LeaseOutcome): void {
    const before = this.#last;
    this.#last = outcome;
    this.#write(outcome, before);
    if (outcome.registered && before?.registered === false) this.#options.onReturn();
    for (const look of [...this.#waiting]) look(outcome);
    if (!before || didAnswer(before) !== didAnswer(outcome))
      for (const listener of this.#registryListeners) listener();
  }

  /** Resolves when an outcome is that this peer is registered; rejects with the signal's reason, or where trying again cannot help. */
  registered(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        this.#waiting.delete(look);
        signal.removeEventListener('abort', onAbort);
        settle();
      };
      const onAbort = () => end(() => reject(signal.reason));
      const look = (outcome: LeaseOutcome) => {
        if (outcome.registered) end(resolve);
        else if (isFinal(outcome.error)) end(() => reject(outcome.error));
      };
      if (signal.aborted) return reject(signal.reason);
      this.#waiting.add(look);
      signal.addEventListener('abort', onAbort);
      if (this.#last) look(this.#last);
    });
  }

  /** Calls back when the registry has ceased to answer, or answers. Returns what ends it. */
  onRegistry(listener: () => void): () => void {
    this.#registryListeners.add(listener);
    return () => this.#registryListeners.delete(listener);
  }

  #write(outcome: LeaseOutcome, before: LeaseOutcome | undefined): void {
    const { log } = this.#options;
    if (!outcome.registered) {
      if (!before || before.registered || before.error.message !== outcome.error.message)
        log.warn(`not registered: ${outcome.error.message}`, {
          event: 'not-registered',
          code: outcome.error.code,
        });
      return;
    }
    if (!before?.registered) log.info(`registered as ${outcome.name}`, { event: 'registered' });
    if (outcome.rival !== undefined && (!before?.registered || before.rival !== outcome.rival))
      log.warn(outcome.rival, { event: 'identity-in-use' });
  }
}

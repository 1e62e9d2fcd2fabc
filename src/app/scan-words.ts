import type { ShareRecord } from '../core/ports/local-file-store.ts';
import type { Log } from '../core/ports/log.ts';

export interface ScanWordsOptions {
  readonly log: Log;
  readonly share: () => ShareRecord;
  /** The folder cannot be looked at any more. */
  readonly lost: () => void;
}

/** What there is to say of the passes over one share; each is logged when it is new. */
export class ScanWords {
  readonly #options: ScanWordsOptions;
  #problem: string | undefined;
  #warnings: readonly string[] = [];

  constructor(options: ScanWordsOptions) {
    this.#options = options;
  }

  /** Why the folder cannot be looked at, or undefined. */
  get problem(): string | undefined {
    return this.#problem;
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    const { log, share, lost } = this.#options;
    if (problem) lost();
    if (problem) log.warn(problem, { event: 'share-unreadable', share: share().name });
    else log.info(`${share().path} can be read again`, { event: 'share-readable', share: share().name });
  }

  setWarnings(warnings: readonly string[]): void {
    const { log, share } = this.#options;
    for (const warning of warnings) {
      if (this.#warnings.includes(warning)) continue;
      log.warn(`in ${share().path}: ${warning}`, { event: 'share-warning', share: share().name });
    }
    this.#warnings = warnings;
  }
}

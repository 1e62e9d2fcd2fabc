import { asPeerdexError } from '../../core/errors.ts';

/** Whether a daemon does its work. It is starting until told otherwise, and stopping once told so. */
export class Readiness {
  readonly #look: () => readonly string[];
  #state: 'starting' | 'running' | 'stopping' = 'starting';

  /** `look`: what is wrong now, in sentences for people; what it throws is wrong too. */
  constructor(look: () => readonly string[]) {
    this.#look = look;
  }

  started(): void {
    if (this.#state === 'starting') this.#state = 'running';
  }

  stopping(): void {
    this.#state = 'stopping';
  }

  /** Why it is not ready; empty when it is. */
  reasons(): readonly string[] {
    const own = this.#state === 'running' ? [] : [`it is ${this.#state}`];
    try {
      return [...own, ...this.#look()];
    } catch (error) {
      return [...own, `its database cannot be read: ${asPeerdexError(error).message}`];
    }
  }
}

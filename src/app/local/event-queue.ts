/** Hands events from those who emit to one who reads, who may be slow: of what only shows progress the oldest give way. */
export class EventQueue<Event extends { readonly event: string }> {
  #events: Event[] = [];
  #wake = Promise.withResolvers<void>();

  push(event: Event): void {
    if (this.#events.length >= MOST && this.#events.some(isPassing)) {
      this.#events.splice(this.#events.findIndex(isPassing), 1);
    }
    this.#events.push(event);
    this.wake();
  }

  /** Ends a wait though nothing came. */
  wake(): void {
    this.#wake.resolve();
  }

  /** All that wait, or nothing. */
  *together(): Generator<readonly Event[]> {
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    yield events;
  }

  *drain(): Generator<Event> {
    while (this.#events.length > 0) {
      const events = this.#events;
      this.#events = [];
      yield* events;
    }
  }

  /** Resolves when something was pushed since the last drain, or the signal aborts. */
  async next(signal: AbortSignal): Promise<void> {
    if (this.#events.length > 0 || signal.aborted) return;
    this.#wake = Promise.withResolvers();
    const onAbort = () => this.wake();
    signal.addEventListener('abort', onAbort, { once: true });
    await this.#wake.promise;
    signal.removeEventListener('abort', onAbort);
  }
}

const MOST = 10_000;
const isPassing = ({ event }: { readonly event: string }): boolean =>
  event === 'progress' || event === 'alive';

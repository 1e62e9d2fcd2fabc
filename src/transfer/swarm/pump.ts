/** Serves members of a set one after the other. What wakes others while one is served has them served afterwards, and not within. */
export class Pump<T> {
  readonly #serve: (one: T) => void;
  readonly #waiting = new Set<T>();
  #isHeld = false;

  constructor(serve: (one: T) => void) {
    this.#serve = serve;
  }

  one(one: T): void {
    this.#waiting.add(one);
    this.#run();
  }

  all(all: Iterable<T>): void {
    for (const one of all) this.#waiting.add(one);
    this.#run();
  }

  /** With the next that is served. */
  later(one: T): void {
    this.#waiting.add(one);
  }

  forget(one: T): void {
    this.#waiting.delete(one);
  }

  /** Serves nobody before `what` is done, and then whoever waits. */
  together(what: () => void): void {
    const wasHeld = this.#isHeld;
    this.#isHeld = true;
    what();
    this.#isHeld = wasHeld;
    this.#run();
  }

  #run(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    for (const one of this.#waiting) {
      this.#waiting.delete(one);
      this.#serve(one);
    }
    this.#isHeld = false;
  }
}

import { setTimeout as delay } from 'node:timers/promises';

interface Heads {
  readonly owner: number;
  readonly follower: number;
}

/** When the owner's log was at its end, and when the follower knew all of it, within 10 ms. */
export class HeadWatch {
  readonly #read: () => Heads;
  readonly #seen: (Heads & { readonly at: number })[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(read: () => Heads) {
    this.#read = read;
    this.#timer = setInterval(() => this.#look(), 10);
  }

  /** The owner writes no more: waits for the follower, and tells both moments. */
  async end(): Promise<{ readonly scanned: number; readonly known: number }> {
    const last = this.#read().owner;
    while (this.#read().follower < last) await delay(10);
    this.#look();
    clearInterval(this.#timer);
    const at = (of: keyof Heads) => this.#seen.find((one) => one[of] >= last)!.at;
    return { scanned: at('owner'), known: at('follower') };
  }

  #look(): void {
    this.#seen.push({ at: performance.now(), ...this.#read() });
  }
}

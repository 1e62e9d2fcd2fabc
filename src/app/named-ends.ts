/** An AsyncDisposableStack that knows what it is ending at this moment. */
export class NamedEnds implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #at: { ending?: string };

  constructor(stack = new AsyncDisposableStack(), at: { ending?: string } = {}) {
    this.#stack = stack;
    this.#at = at;
  }

  /** What is being ended and has not ended yet; undefined before and after. */
  get ending(): string | undefined {
    return this.#at.ending;
  }

  /** `name`: as people are told; that of its class unless given. */
  use<T extends AsyncDisposable | Disposable>(thing: T, name = thing.constructor.name): T {
    this.defer(
      () => (Symbol.asyncDispose in thing ? thing[Symbol.asyncDispose]() : thing[Symbol.dispose]()),
      name,
    );
    return thing;
  }

  defer(end: () => void | PromiseLike<void>, name = 'something small'): void {
    this.#stack.defer(async () => {
      this.#at.ending = name;
      await end();
      delete this.#at.ending;
    });
  }

  /** All of it in another one; this one ends nothing any more. */
  move(): NamedEnds {
    return new NamedEnds(this.#stack.move(), this.#at);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

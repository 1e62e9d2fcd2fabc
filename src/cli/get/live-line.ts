/** As often as the eye wants it, and no oftener. */
const REDRAW_MS = 150;

/**
 * One line at the end of a terminal that is written over at a steady pace. `line` gives it for a width, or nothing while there is
 * nothing to show. The line is overwritten and never blanked first, so it does not flicker.
 */
export class LiveLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #line: (width: number) => string | undefined;
  readonly #timer: NodeJS.Timeout;
  #shown = '';

  constructor(stream: NodeJS.WriteStream, line: (width: number) => string | undefined) {
    this.#stream = stream;
    this.#line = line;
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#timer.unref();
  }

  /** Takes the line away, so that something can be written in its place; the next one comes below that. */
  clear(): void {
    if (this.#shown !== '') this.#stream.write('\r\x1b[K');
    this.#shown = '';
  }

  end(): void {
    clearInterval(this.#timer);
    this.clear();
  }

  #draw(): void {
    const line = this.#line(this.#stream.columns ?? 80);
    if (line === undefined || line === this.#shown) return;
    this.#stream.write(`\r${line}\x1b[K`);
    this.#shown = line;
  }
}

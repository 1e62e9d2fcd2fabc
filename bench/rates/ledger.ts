/** How far over windows of some length a rate was from another. */
export interface Deviation {
  /** Largest share by which a window was below, and above: 0.01 is 1 %. */
  readonly below: number;
  readonly above: number;
}

/** How many bytes had come when, of one or more that are counted apart. */
export class Ledger {
  readonly #series = new Map<string, { at: number; bytes: number }[]>();

  add(who: string, bytes: number): void {
    const series = this.#series.get(who) ?? [];
    this.#series.set(who, series);
    series.push({ at: performance.now(), bytes: bytes + (series.at(-1)?.bytes ?? 0) });
  }

  get count(): number {
    return this.#series.size;
  }

  /** When the last of them began; undefined before anything has come. */
  get begun(): number | undefined {
    const firsts = [...this.#series.values()].map((series) => series[0]!.at);
    return firsts.length === 0 ? undefined : Math.max(...firsts);
  }

  /** The worst of all windows of so many milliseconds between two moments, every 10 ms one. */
  worst(rate: number, windowMs: number, from: number, to: number): Deviation {
    let below = 0;
    let above = 0;
    for (const series of this.#series.values()) {
      for (let at = from; at + windowMs <= to; at += STEP_MS) {
        const bytes = bytesAt(series, at + windowMs) - bytesAt(series, at);
        const share = ((bytes / windowMs) * 1000) / rate - 1;
        below = Math.max(below, -share);
        above = Math.max(above, share);
      }
    }
    return { below, above };
  }
}

const STEP_MS = 10;

/** What had come by then. */
function bytesAt(series: readonly { at: number; bytes: number }[], moment: number): number {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (series[middle]!.at <= moment) low = middle + 1;
    else high = middle;
  }
  return series[low - 1]?.bytes ?? 0;
}

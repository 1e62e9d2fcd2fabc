import type { Clock } from '../core/clock.ts';
import { type Still, stillMsOf } from '../core/ports/disk.ts';
import type { FileLook } from '../core/ports/local-file-store.ts';

/** Files that were being written when they were to be hashed: each is tried again once it may have been left alone. */
export class StillFiles {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #due: () => void;
  readonly #files = new Map<number, Waiting>();
  #cancel: (() => void) | undefined;
  #wakesAt = 0;

  /** `ms`: how long a file must be as it is; 0: nothing is waited for. `due`: some may be tried again. */
  constructor(clock: Clock, ms: number, due: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#due = due;
  }

  get size(): number {
    return this.#files.size;
  }

  /** How many are left alone now. */
  get resting(): number {
    const now = this.#clock.monotonic();
    let count = 0;
    for (const { at } of this.#files.values()) if (at > now) count += 1;
    return count;
  }

  isResting(id: number): boolean {
    return (this.#files.get(id)?.at ?? 0) > this.#clock.monotonic();
  }

  /** True for one that has changed under our eyes: nobody waits for it. */
  isGrowing(id: number): boolean {
    return (this.#files.get(id)?.changes ?? 0) > 1;
  }

  /** What a file must be to be read. One that is never left alone is read as it is now and then. */
  mustBe(id: number): Still {
    const file = this.#files.get(id);
    const tired = file !== undefined && this.#clock.monotonic() - file.since >= PATIENCE_MS;
    return { ms: tired ? 0 : this.#ms, seen: file?.look };
  }

  /** It changed. `took`: milliseconds that reading it took in vain. False where it is not to wait here. */
  wait(id: number, look: FileLook | undefined, took: number): boolean {
    const before = this.#files.get(id);
    if (this.#ms === 0 || (!before && this.#files.size >= MAX_FILES)) return false;
    const now = this.#clock.monotonic();
    const ms = Math.max(stillMsOf(this.#ms, look?.size ?? 0), LENGTHS_BETWEEN * took);
    const at = now + ms;
    const changes = (before?.changes ?? 0) + 1;
    this.#files.set(id, { look, at, since: before?.since ?? now, changes });
    this.#wake(at);
    return true;
  }

  /** Something else came of it. */
  forget(id: number): void {
    this.#files.delete(id);
  }

  stop(): void {
    this.#cancel?.();
    this.#files.clear();
  }

  #wake(at: number): void {
    if (this.#cancel && this.#wakesAt <= at) return;
    this.#cancel?.();
    this.#wakesAt = at;
    this.#cancel = this.#clock.after(Math.max(0, at - this.#clock.monotonic()) + 1, () => {
      this.#cancel = undefined;
      const now = this.#clock.monotonic();
      for (const [id, file] of this.#files) if (now - file.at > PATIENCE_MS) this.#files.delete(id);
      const later = [...this.#files.values()].reduce(
        (least, file) => (file.at > now ? Math.min(least, file.at) : least),
        Number.POSITIVE_INFINITY,
      );
      if (later !== Number.POSITIVE_INFINITY) this.#wake(later);
      this.#due();
    });
  }
}

interface Waiting {
  readonly look: FileLook | undefined;
  /** By the clock that never steps, like `since`. */
  readonly at: number;
  readonly since: number;
  readonly changes: number;
}

const PATIENCE_MS = 60_000;
const LENGTHS_BETWEEN = 10;
const MAX_FILES = 10_000;

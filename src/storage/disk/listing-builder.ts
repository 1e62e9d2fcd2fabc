import { inWords, PeerdexError, systemCode } from '../../core/errors.ts';
import type { Listing, WalkedItem, WalkProblem } from '../../core/ports/disk.ts';

/** Gathers what lies in one folder. */
export class ListingBuilder {
  readonly #relative: string;
  readonly #items: WalkedItem[] = [];
  readonly #problems: WalkProblem[] = [];
  readonly #names = new Set<string>();
  #links = 0;

  constructor(relative: string) {
    this.#relative = relative;
  }

  add(item: WalkedItem): void {
    // Two names that are not UTF-8 can read as the same third one, which may be there too.
    if (item.name.includes('\ufffd')) {
      if (this.#names.has(item.name)) return;
      this.#names.add(item.name);
    }
    this.#items.push(item);
  }

  link(): void {
    this.#links += 1;
  }

  problem(kind: WalkProblem['kind'], name: string, detail: string): void {
    if (this.#problems.length < MAX_PROBLEMS) {
      this.#problems.push({ kind, relative: name === '' ? this.#relative : this.below(name), detail });
    }
  }

  below(name: string): string {
    return this.#relative === '' ? name : `${this.#relative}/${name}`;
  }

  incomplete(error: unknown): Listing {
    const code = systemCode(error instanceof PeerdexError ? error.cause : error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ELOOP')
      this.problem('unreadable', '', inWords(error));
    return { ...this.finish(), items: [], complete: false };
  }

  finish(): Listing {
    return {
      relative: this.#relative,
      items: this.#items,
      links: this.#links,
      problems: this.#problems,
      complete: true,
    };
  }
}

/** Of one folder. */
const MAX_PROBLEMS = 100;

import path from 'node:path';
import type { EventOf } from './follow.ts';

/** Of more files not each is remembered by itself. */
const MOST_EACH = 10;

/** What came of the files of a `get` that ended well, summed up: it takes the same memory for ten files and for a million. */
export class DoneFiles {
  files = 0;
  /** Fetched from other peers. */
  bytes = 0;
  /** That lay on this machine already, but for empty ones. */
  held = 0;
  /** The innermost folder that all of them are in. */
  folder = '';
  /** Bytes by who gave them. */
  readonly sources = new Map<string, number>();
  #each: EventOf<'done'>[] = [];

  /** Each of them; undefined where they are many. */
  get each(): readonly EventOf<'done'>[] | undefined {
    return this.files > MOST_EACH ? undefined : this.#each;
  }

  take(event: EventOf<'done'> | EventOf<'together'>): void {
    const isOne = event.event === 'done';
    this.#widen(isOne ? path.dirname(event.path) : event.folder);
    this.files += isOne ? 1 : event.files;
    this.bytes += event.bytes;
    for (const { peer, bytes } of event.sources)
      this.sources.set(peer, (this.sources.get(peer) ?? 0) + bytes);
    if (!isOne) this.held += event.held;
    else if (event.bytes === 0 && event.sources.length === 0 && event.size !== 0) this.held += 1;
    if (isOne && this.files <= MOST_EACH) this.#each.push(event);
    else this.#each = [];
  }

  #widen(folder: string): void {
    if (this.files === 0) this.folder = folder;
    const isWithin = () => folder === this.folder || folder.startsWith(`${this.folder}${path.sep}`);
    while (this.folder !== path.dirname(this.folder) && !isWithin()) this.folder = path.dirname(this.folder);
  }
}

import type { ContentFiles, OpenContent } from '../core/ports/content-file.ts';
import type { LocalFile } from '../core/ports/local-contents.ts';

/**
 * Files of which only so many are open at a time, however many are being served: who reads again after its file was closed for
 * others has it opened anew, with the same checks.
 */
export class BoundedFiles implements ContentFiles {
  readonly #files: ContentFiles;
  readonly #most: number;
  #open = 0;
  /** Open, and not being read; the one that was used longest ago first. */
  readonly #resting = new Set<BoundedFile>();
  readonly #waiting: (() => void)[] = [];

  /** `most`: files that are open at a time. */
  constructor(files: ContentFiles, most: number) {
    this.#files = files;
    this.#most = most;
  }

  async open(file: LocalFile): Promise<OpenContent> {
    const content = new BoundedFile(file, this.#places);
    await content.look();
    return content;
  }

  readonly #places: Places = {
    open: async (file) => {
      await this.#place();
      try {
        return await this.#files.open(file);
      } catch (error) {
        this.#places.free();
        throw error;
      }
    },
    free: () => {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#open -= 1;
    },
    rest: (content) => {
      if (this.#waiting.length > 0) void content.shut().catch(() => {});
      else this.#resting.add(content);
    },
    wake: (content) => this.#resting.delete(content),
  };

  #place(): Promise<void> | undefined {
    if (this.#open < this.#most) {
      this.#open += 1;
      return undefined;
    }
    const place = new Promise<void>((resolve) => this.#waiting.push(resolve));
    const [oldest] = this.#resting;
    if (oldest) {
      this.#resting.delete(oldest);
      void oldest.shut().catch(() => {});
    }
    return place;
  }
}

/** What a file needs of those that share the places with it. */
interface Places {
  /** Opens the file when there is a place for it. */
  open(file: LocalFile): Promise<OpenContent>;
  /** Gives a place back. */
  free(): void;
  rest(content: BoundedFile): void;
  wake(content: BoundedFile): void;
}

class BoundedFile implements OpenContent {
  readonly size: number;
  readonly #file: LocalFile;
  readonly #places: Places;
  #open: Promise<OpenContent> | undefined;
  #readers = 0;
  #closed = false;

  constructor(file: LocalFile, places: Places) {
    this.size = file.size;
    this.#file = file;
    this.#places = places;
  }

  /** Opens it, so that what is wrong with it shows at once. */
  look(): Promise<void> {
    return this.#use(async () => {});
  }

  read(buffers: readonly Uint8Array[], offset: number): Promise<void> {
    return this.#use((open) => open.read(buffers, offset));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#places.wake(this);
    if (this.#readers === 0) await this.shut();
  }

  /** Closes the file and gives its place back; the next read opens it again. */
  async shut(): Promise<void> {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    try {
      await (await open).close();
    } finally {
      this.#places.free();
    }
  }

  async #use(read: (open: OpenContent) => Promise<void>): Promise<void> {
    this.#readers += 1;
    this.#places.wake(this);
    this.#open ??= this.#places.open(this.#file);
    const opening = this.#open;
    try {
      await read(await opening);
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0) await this.#release(opening);
    }
  }

  async #release(opening: Promise<OpenContent>): Promise<void> {
    const opened = await opening.then(
      () => true,
      () => false,
    );
    if (!opened) this.#open = this.#open === opening ? undefined : this.#open;
    else if (this.#closed) await this.shut().catch(() => {});
    else this.#places.rest(this);
  }
}

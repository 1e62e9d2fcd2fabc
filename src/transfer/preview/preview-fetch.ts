import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import type { Holding } from '../../core/ports/holding.ts';
import { ContentFetch } from '../fetch-content.ts';
import type { TransferParts } from '../transfer-parts.ts';
import type { UnderWay } from '../under-way.ts';

/** Where leaves that have come can be read. */
export type Source = Pick<Holding, 'manifest' | 'have' | 'read'>;

/** How long the bytes stay when nobody reads them: a player that seeks asks anew. */
const STAYS_MS = 20_000;

/** A content that is read and that nobody has asked to keep: of it comes what its readers wait for. */
export class PreviewFetch {
  readonly ended: Promise<void>;
  /** Why it came to nothing; undefined where it was stopped. */
  failed: PeerdexError | undefined;
  hasEnded = false;
  /** What has come, once anything can. */
  source: Source | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #fetch: ContentFetch;
  readonly #clock: TransferParts['clock'];
  #underWay: UnderWay | undefined;
  #readers = 0;
  #cancelEnd: () => void = () => {};

  /** `parts`: with partials that become no file. */
  constructor(parts: TransferParts, content: ContentId, size: number) {
    this.#clock = parts.clock;
    this.#fetch = new ContentFetch(parts, {
      content,
      size,
      destination: { root: '', relative: content },
      overwrite: false,
      reading: {
        onUnderWay: (underWay) => this.#begun(underWay),
        onReplaced: () => void this.stop(),
      },
      onPassedOver: () => {},
      onFile: () => {},
    });
    this.ended = this.#run();
  }

  get isIdle(): boolean {
    return this.#readers === 0;
  }

  /** Why nothing comes, or undefined while something may. */
  get reason(): string | undefined {
    return this.#fetch.reason;
  }

  /** Calls back when something of it can be read, or it has ended. Returns what ends it. */
  onNews(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  join(): void {
    this.#readers += 1;
    this.#cancelEnd();
  }

  leave(): void {
    this.#readers -= 1;
    if (this.isIdle && !this.hasEnded) this.#cancelEnd = this.#clock.after(STAYS_MS, () => void this.stop());
  }

  async stop(): Promise<void> {
    this.#cancelEnd();
    this.#stop.abort(new PeerdexError('interrupted', 'nobody looks at it any more'));
    await this.#underWay?.partial.close();
    await this.ended;
  }

  #begun(underWay: UnderWay): void {
    this.#underWay = underWay;
    this.source = {
      get manifest() {
        return underWay.manifest;
      },
      have: underWay.partial.have,
      read: (first, buffers) => underWay.read(first, buffers),
    };
    const tell = () => this.#tell();
    underWay.listen({ ready: tell, got: tell, ended: tell });
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  async #run(): Promise<void> {
    try {
      await this.#fetch.run(this.#stop.signal);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.failed = asPeerdexError(error);
    }
    this.hasEnded = true;
    this.#cancelEnd();
    this.#tell();
  }
}

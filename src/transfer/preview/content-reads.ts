import { PeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { TransferParts } from '../transfer-parts.ts';
import { ContentRead } from './content-read.ts';
import { PreviewFetch } from './preview-fetch.ts';

/** Contents that come only because somebody reads them. */
const MOST_FETCHES = 4;
const MOST_READS = 24;

/**
 * Reads of any content of the network: of what lies here, of what is on its way, and of what comes for them alone. What a reader waits
 * for is asked for before all else. The number of reads and their memory are bounded.
 */
export class ContentReads {
  readonly #parts: TransferParts;
  readonly #fetches = new Map<ContentId, PreviewFetch>();
  #reads = 0;
  #isStopped = false;

  /** `parts`: with partials that become no file, and with swarms of their own. */
  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  /**
   * Opens a content whose size the index tells; the read has the true one. To be closed. Throws `unavailable` where there are too many, or
   * nobody gives anything within half a minute; the signal's reason when that aborts.
   */
  async open(content: ContentId, size: number, signal: AbortSignal): Promise<ContentRead> {
    const { budget } = this.#parts;
    if (this.#isStopped || this.#reads >= MOST_READS || !budget.tryReserve(LEAF_BYTES)) throw tooMany();
    this.#reads += 1;
    const read = new ContentRead({
      ...this.#parts,
      content,
      fetch: () => this.#fetch(content, size),
      onClose: () => {
        this.#reads -= 1;
        budget.release(LEAF_BYTES);
      },
    });
    try {
      await read.ready(signal);
      return read;
    } catch (error) {
      await read.close();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#fetches.values()].map((fetch) => fetch.stop()));
  }

  /** The one that is under way, or a new one, for which one that nobody reads gives way. */
  #fetch(content: ContentId, size: number): PreviewFetch {
    const known = this.#fetches.get(content);
    if (known) return known;
    if (this.#isStopped) throw new PeerdexError('unavailable', 'the daemon stops', { retry: true });
    if (this.#fetches.size >= MOST_FETCHES) {
      const [idle] = [...this.#fetches].filter(([, { isIdle }]) => isIdle);
      if (!idle) throw tooMany();
      this.#fetches.delete(idle[0]);
      void idle[1].stop();
    }
    const fetch = new PreviewFetch(this.#parts, content, size);
    this.#fetches.set(content, fetch);
    void fetch.ended.then(() => {
      if (this.#fetches.get(content) === fetch) this.#fetches.delete(content);
    });
    return fetch;
  }
}

const tooMany = (): PeerdexError =>
  new PeerdexError('unavailable', 'too many contents are being looked at here already', {
    retry: true,
    retryAfterMs: 5000,
    hint: 'close another preview first',
  });

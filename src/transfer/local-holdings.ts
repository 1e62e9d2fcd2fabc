import type { ContentId } from '../core/ids.ts';
import type { ContentFiles } from '../core/ports/content-file.ts';
import type { Holding, HoldingListener, Holdings } from '../core/ports/holding.ts';
import type { HashStore, LocalContents } from '../core/ports/local-contents.ts';
import type { Partial } from '../core/ports/partial.ts';
import { LocalHolding } from './local-holding.ts';
import { UnderWay } from './under-way.ts';

export interface HoldingParts {
  readonly contents: LocalContents;
  readonly hashes: HashStore;
  readonly files: ContentFiles;
}

/** What this process can serve: files that lie here, and the verified leaves of what is on its way. */
export class LocalHoldings implements Holdings {
  readonly #parts: HoldingParts;
  readonly #underWay = new Map<ContentId, UnderWay>();
  readonly #replaceable = new Map<UnderWay, () => void>();

  constructor(parts: HoldingParts) {
    this.#parts = parts;
  }

  open(content: ContentId, listener: HoldingListener): Holding | undefined {
    const manifest = this.#parts.hashes.manifest(content);
    const places = manifest ? this.#parts.contents.locate(content) : [];
    const underWay = this.#underWay.get(content);
    if (places.length === 0 && !underWay) return undefined;
    return new LocalHolding({ ...this.#parts, content, places, underWay, listener });
  }

  /**
   * From here on the partial's leaves are served, until its `end`. Of one content one partial at a time: one with `onReplaced` stands back
   * behind any other, and is told when another begins.
   */
  begin(partial: Partial, onReplaced?: () => void): UnderWay {
    const { content } = partial;
    const underWay = new UnderWay(partial, this.#parts.hashes, () => {
      if (this.#underWay.get(content) === underWay) this.#underWay.delete(content);
      this.#replaceable.delete(underWay);
    });
    const known = this.#underWay.get(content);
    if (!known || !onReplaced) this.#underWay.set(content, underWay);
    if (onReplaced) this.#replaceable.set(underWay, onReplaced);
    else if (known) this.#replaceable.get(known)?.();
    return underWay;
  }
}

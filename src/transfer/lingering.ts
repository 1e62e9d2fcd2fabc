import type { ContentId } from '../core/ids.ts';
import { Wakeup } from '../core/wakeup.ts';
import { type AnnouncerParts, announce } from './announcer.ts';
import type { SwarmMembers } from './swarm-members.ts';

export interface LingeringParts extends AnnouncerParts {
  readonly members: Pick<SwarmMembers, 'askers' | 'onAskerGone'>;
  /** At most; 0 lingers not at all. */
  readonly lingerMs: number;
}

/** A swarm that nobody has asked for so long wants it no more: who was cut off comes back by then. */
export const UNWANTED_MS = 5_000;
const MOST_CONTENTS = 1_000;

/** Keeps contents that were fetched in their swarms' lists for as long as somebody asks for them, and not for ever. */
export class Lingering {
  readonly #parts: LingeringParts;
  readonly #contents = new Map<ContentId, AbortController>();
  readonly #onOver = new Set<() => void>();

  constructor(parts: LingeringParts) {
    this.#parts = parts;
  }

  /** Contents that somebody still asks for. */
  get count(): number {
    return this.#contents.size;
  }

  /** This content was fetched. Nothing happens where nobody asks for it. */
  fetched(content: ContentId): void {
    const { members, self, lingerMs, clock } = this.#parts;
    const isWanted = () => members.askers(content, self) > 0;
    if (!isWanted() || lingerMs === 0 || this.#contents.has(content)) return;
    if (this.#contents.size >= MOST_CONTENTS) return;
    const over = new AbortController();
    this.#contents.set(content, over);
    let cancelLook = () => {};
    const lookAgain = () => {
      cancelLook();
      cancelLook = clock.after(UNWANTED_MS, () => isWanted() || over.abort());
    };
    const cancelEnd = clock.after(lingerMs, () => over.abort());
    const forget = members.onAskerGone((one) => one === content && lookAgain());
    const swarm = { neighbours: () => [], wakeup: new Wakeup() };
    void announce(content, this.#parts, swarm, over.signal).finally(() => {
      cancelLook();
      cancelEnd();
      forget();
      this.#contents.delete(content);
      if (this.#contents.size === 0) for (const listener of this.#onOver) listener();
    });
  }

  /** Resolves when nothing that was fetched is asked for any more, or all has lingered long enough, or the signal aborts. */
  async over(signal: AbortSignal): Promise<void> {
    while (this.#contents.size > 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = () => {
          this.#onOver.delete(end);
          signal.removeEventListener('abort', end);
          resolve();
        };
        this.#onOver.add(end);
        signal.addEventListener('abort', end, { once: true });
      });
    }
  }

  stop(): void {
    for (const over of this.#contents.values()) over.abort();
  }
}

import { asPeerdexError } from '../../core/errors.ts';
import type { ContentId } from '../../core/ids.ts';
import type { JobItem } from '../../core/job.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { MirrorWanted } from '../../core/mirror.ts';
import type { JobRunOptions } from '../job-work.ts';

const PAGE = 500;

/** What a mirror has begun to fetch and has not got: of what is wanted no more nothing is to be left behind. */
export class Unfinished {
  readonly #options: Pick<JobRunOptions, 'job' | 'store' | 'parts'>;
  readonly #items = new Map<string, JobItem & { readonly content: ContentId }>();

  constructor(options: Pick<JobRunOptions, 'job' | 'store' | 'parts'>) {
    this.#options = options;
  }

  /** Keeps in mind what of the job's present items is not done, before it gets others. */
  note(): void {
    const { job, store } = this.#options;
    for (const state of ['open', 'failed'] as const) {
      for (let items = store.items(job.id, state, -1, PAGE); items.length > 0; ) {
        for (const item of items) {
          const { content, relative } = item;
          if (content !== undefined) this.#items.set(`${content}/${relative}`, { ...item, content });
        }
        items = store.items(job.id, state, items.at(-1)!.ordinal, PAGE);
      }
    }
  }

  /** Removes what there is in part of those that are wanted no more, and forgets which they were. Never rejects for a disk. */
  async drop(wanted: ReadonlyMap<string, MirrorWanted>): Promise<void> {
    const { job, store, parts } = this.#options;
    const items = [...this.#items.values()];
    this.#items.clear();
    const contents = new Set([...wanted.values()].map(({ content }) => content));
    const isKept = store.keeps(new Set(items.map(({ content }) => content)), job.id);
    for (const { content, relative, size } of items) {
      // At another place it may go on, where it has more than one leaf.
      const goesOn = size > LEAF_BYTES ? contents.has(content) : wanted.get(relative)?.content === content;
      if (goesOn || isKept(content)) continue;
      await parts.partials.discard(content, { root: job.root, relative }).catch((error: unknown) => {
        const { message } = asPeerdexError(error);
        parts.log.debug(`what there is of ${job.root}/${relative} stays: ${message}`);
      });
    }
    const { open, failed } = store.totals(job.id);
    if (open + failed > 0) store.setItems(job.id, []);
  }
}

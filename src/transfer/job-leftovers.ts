import type { JobId } from '../core/job.ts';
import type { JobStore } from '../core/ports/job-store.ts';
import type { Log } from '../core/ports/log.ts';
import type { PartialStore } from '../core/ports/partial.ts';

/** Jobs that ended so long ago are forgotten. */
const KEEP_MS = 7 * 24 * 3600 * 1000;
/** And of those that ended no more are remembered; the ones that ended first go first. */
const MOST_ENDED = 1000;
const PAGE_ITEMS = 500;

/** Removes what a job has fetched in part, except what another job could go on with. */
export async function discardPartials(id: JobId, store: JobStore, partials: PartialStore): Promise<void> {
  const root = store.get(id)?.root;
  for (const state of ['open', 'failed'] as const) {
    for (let items = store.items(id, state, -1, PAGE_ITEMS); items.length > 0; ) {
      const isKept = store.keeps(new Set(items.flatMap(({ content }) => content ?? [])), id);
      for (const { content, relative } of items) {
        if (content === undefined || isKept(content)) continue;
        await partials.discard(content, root === undefined ? undefined : { root, relative });
      }
      items = store.items(id, state, items.at(-1)!.ordinal, PAGE_ITEMS);
    }
  }
}

/**
 * Forgets jobs that ended long ago, or of which there are too many, and what was fetched in part for no job that could go on with it: also
 * where a crash came between a job's end and that of its partials. Never rejects. `now`: milliseconds since 1970.
 */
export async function forgetOldJobs(
  now: number,
  store: JobStore,
  partials: PartialStore,
  log: Log,
): Promise<void> {
  try {
    const ended = store.all().flatMap((job) => job.ended ?? []);
    const oldest = ended.sort((a, b) => b - a)[MOST_ENDED] ?? 0;
    const before = Math.max(now - KEEP_MS, oldest + 1);
    const old = store.all().filter(({ state, ended = before }) => state !== 'done' && ended < before);
    for (const { id } of old) await discardPartials(id, store, partials).catch(() => {}); // its disk may be gone
    store.prune(before);
    const kept = new Set((await partials.kept()).keys());
    const isKept = store.keeps(kept);
    for (const content of kept) if (!isKept(content)) await partials.discard(content).catch(() => {});
  } catch (error) {
    log.warn(`old downloads could not be forgotten: ${String(error)}`, { event: 'old-jobs-not-forgotten' });
  }
}

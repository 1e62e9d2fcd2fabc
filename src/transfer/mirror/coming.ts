import type { JobItem, JobRecord } from '../../core/job.ts';
import type { KeptEntry, MirrorWanted } from '../../core/mirror.ts';
import type { JobRunOptions } from '../job-work.ts';
import type { RoundOptions } from './round.ts';
import { isUnaltered } from './state.ts';

/** Of a file that is being fetched it is kept that it comes: if a kill comes between its name and the note of it, it is known for what it is. */
export const asComing = (want: MirrorWanted): KeptEntry => ({
  ...want,
  here: { size: -1, mtime: 0n },
  brought: true,
});

const isComing = ({ here }: KeptEntry): boolean => here.size < 0;

/**
 * Finds out which files got their names before a kill, and were to be noted: those that are what was on its way. `begun`: items that were open
 * then, by their places; those that are settled are taken out of it, as are those that did not come out of `kept`.
 */
export async function settleComing(
  kept: Map<string, KeptEntry>,
  begun: Map<string, JobItem>,
  wanted: ReadonlyMap<string, MirrorWanted>,
  options: RoundOptions,
  signal: AbortSignal,
): Promise<void> {
  const { job, mirror } = options;
  const coming = new Map([...kept].filter(([, entry]) => isComing(entry)));
  for (const [relative, { size, content, mtime = 0n, executable = false }] of begun) {
    const known = kept.get(relative);
    const origin = (known ?? wanted.get(relative))?.origin;
    if (!origin) continue;
    begun.delete(relative);
    if (content === undefined || known?.content === content) continue;
    const item = { relative, kind: 'file', size, content, mtime, executable, origin } as const;
    coming.set(relative, { ...asComing(item), brought: known?.brought ?? true });
  }
  const missing: string[] = [];
  for (const [relative, entry] of coming) {
    signal.throwIfAborted();
    const here = await lookOf(entry, kept.get(relative), options);
    if (here) {
      kept.set(relative, { ...entry, here });
      mirror.store.keep(job.id, [{ ...entry, here }]);
    } else if (isComing(kept.get(relative) ?? entry)) missing.push(relative);
  }
  // Of a drive that was unplugged meanwhile nothing would stand there.
  if (missing.length > 0) await options.checkRoot();
  for (const relative of missing) kept.delete(relative);
  mirror.store.forget(job.id, missing);
}

/** How it looks where it has come; undefined where something else stands, or what stood there before. */
async function lookOf(
  { relative, size, content }: KeptEntry,
  before: KeptEntry | undefined,
  { job, parts: { destinations } }: RoundOptions,
): Promise<KeptEntry['here'] | undefined> {
  const at = { root: job.root, relative };
  const stands = await destinations.look(at).catch(() => undefined);
  if (stands?.kind !== 'file' || stands.size !== size || (before && isUnaltered(before, stands)))
    return undefined;
  const file = await destinations.fileOf(at, size).catch(() => undefined);
  return file && file.content === content ? { size, mtime: file.mtime } : undefined;
}

/** What was on its way when the daemon ended, by its place. */
export function begunBy({ id }: JobRecord, jobs: JobRunOptions['store']): Map<string, JobItem> {
  const begun = new Map<string, JobItem>();
  for (let after = -1; ; ) {
    const page = jobs.items(id, 'open', after, PAGE);
    for (const item of page) if (item.content !== undefined) begun.set(item.relative, item);
    if (page.length < PAGE) return begun;
    after = page.at(-1)!.ordinal;
  }
}

const PAGE = 2000;

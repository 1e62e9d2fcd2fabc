import { asPeerdexError, type PeerdexError } from '../../core/errors.ts';
import type { KeptEntry } from '../../core/mirror.ts';
import type { JobRunOptions } from '../job-work.ts';
import type { MirrorParts } from './mirror-parts.ts';

type RemoveOptions = Pick<JobRunOptions, 'job' | 'emit' | 'parts'> & { readonly mirror: MirrorParts };

/**
 * Removes what was planned, each only where it still looks as it was kept and its holder still does not have it. How many went. What
 * cannot be removed is told in `failures`; a folder that is not empty stays, and is tried again later.
 */
export async function removeAll(
  entries: readonly KeptEntry[],
  options: RemoveOptions,
  failures: PeerdexError[],
  signal: AbortSignal,
): Promise<number> {
  const { job, emit } = options;
  const { source, store } = options.mirror;
  let removed = 0;
  for (const entry of entries) {
    signal.throwIfAborted();
    if (source.fateOf(entry) === 'listed') continue;
    try {
      if (!(await remove(entry, options))) continue;
    } catch (error) {
      failures.push(asPeerdexError(error));
      continue;
    }
    store.forget(job.id, [entry.relative]);
    removed += 1;
    if (entry.kind === 'file') emit({ event: 'removed', job: job.id, path: `${job.root}/${entry.relative}` });
  }
  return removed;
}

async function remove(entry: KeptEntry, { job, mirror: { files }, parts }: RemoveOptions): Promise<boolean> {
  const { relative, kind, content, here } = entry;
  const { root } = job;
  if (kind === 'folder') return files.removeFolder({ root, relative });
  const was = await files.remove({ root, relative }, here);
  // It may lie in a share, or be remembered as what serves a swarm.
  if (was && content !== undefined) parts.contents.suspect({ content, root, relative, ...here, ...was });
  return was !== undefined;
}

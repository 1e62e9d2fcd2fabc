import type { PeerId } from '../../core/ids.ts';
import type { JobRecord } from '../../core/job.ts';
import type { JobEvent } from '../job-events.ts';
import type { SettledItem } from './settled-items.ts';
import type { SmallItem, SmallJob } from './small-job.ts';

type PathOf = SmallJob['pathOf'];

/** One of them that is a file. */
export type SettledFile = SettledItem & { readonly item: SmallItem };

/** What is told of files that were done together, one at least. */
export function together(job: JobRecord, files: readonly SettledFile[], pathOf: PathOf): JobEvent {
  const sums = new Map<PeerId, number>();
  let size = 0;
  let held = 0;
  let folder = folderOf(files[0]!.item.relative);
  for (const { item, from } of files) {
    size += item.size;
    if (from !== undefined) sums.set(from, (sums.get(from) ?? 0) + item.size);
    else if (item.size > 0) held += 1;
    while (!item.relative.startsWith(folder)) folder = folderOf(folder.slice(0, -1));
  }
  const sources = [...sums].map(([peer, bytes]) => ({ peer, bytes }));
  return {
    ...{ event: 'together', job: job.id, files: files.length, size, held, sources },
    folder: folder === '' ? job.root : pathOf(job, { ...files[0]!.item, relative: folder.slice(0, -1) }),
    bytes: sources.reduce((sum, { bytes }) => sum + bytes, 0),
    each: () => files.map((file) => done(job, file, pathOf)),
  };
}

function done(job: JobRecord, { item, from, seconds }: SettledFile, pathOf: PathOf) {
  const { content, size } = item;
  const bytes = from === undefined ? 0 : size;
  const sources = from === undefined ? [] : [{ peer: from, bytes }];
  return {
    event: 'done',
    job: job.id,
    path: pathOf(job, item),
    content,
    bytes,
    size,
    seconds,
    sources,
  } as const;
}

/** With the slash behind it; of what lies in no folder ''. */
const folderOf = (relative: string): string => relative.slice(0, relative.lastIndexOf('/') + 1);

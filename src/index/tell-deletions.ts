import { baseName, parentPath } from '../core/index-path.ts';
import type { EntryStore } from '../core/ports/entry-store.ts';
import type { LocalFileStore } from '../core/ports/local-file-store.ts';
import { type ChangeCounts, NOTHING, sum } from './change-counts.ts';
import type { LogChange, OwnLog } from './own-log.ts';
import type { ShareName } from './share-entries.ts';

/**
 * A share that was withdrawn and is named again brings with it what lies there. Those who follow take nothing for deleted that left the
 * log before its share came back: so what has not come with it, once all of it was looked at, is told to be deleted anew. In steps.
 */
export function* tellDeletions(
  { entries, files }: { readonly entries: EntryStore; readonly files: LocalFileStore },
  log: OwnLog,
  share: ShareName,
): Generator<void, ChangeCounts> {
  const came = entries.entry(log.owner, share.name)?.seq ?? 0;
  let counts = NOTHING;
  for (let after = 0; ; ) {
    const found = entries.deletions(log.owner, after, came - 1, STEP);
    const changes = found.flatMap(({ path }): LogChange[] => {
      if (!path.startsWith(`${share.name}/`)) return [];
      const below = path.slice(share.name.length + 1);
      const entry = files.get(share.id, parentPath(below), baseName(below));
      return entry && entry.state !== 'gone' ? [] : [{ deleted: path, again: true }];
    });
    counts = sum(counts, log.write(changes));
    if (found.length < STEP) return counts;
    after = found.at(-1)!.seq;
    yield;
  }
}

const STEP = 200;

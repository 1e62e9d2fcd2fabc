import type { ContentId } from '../core/ids.ts';
import type { LocalContents } from '../core/ports/local-contents.ts';
import { keepLastLeaves, keepMostLeaves } from '../index/keep-hashes.ts';
import type { HashedFile } from './hash-one-file.ts';
import { realPathOf } from './real-paths.ts';
import type { ShareStores } from './share-stores.ts';
import { runSteps } from './steps.ts';

/** A file that was put into a share, as the index has it. */
export interface TakenIn {
  /** Index path. */
  readonly path: string;
  readonly size: number;
  readonly content: ContentId;
}

export interface TakeInOptions {
  readonly stores: ShareStores;
  readonly contents: LocalContents;
  /** See `hashOneFile`. */
  readonly hashFile: (path: string) => Promise<HashedFile>;
}

/** Hashes a file that was put into a share just now; it is in the log when this resolves. `root`: the share's. Errors as `hashFile`. */
export async function takeIn(
  { stores, contents, hashFile }: TakeInOptions,
  root: string,
  relative: string,
): Promise<TakenIn> {
  const { files, entries, hashes } = stores;
  const hashed = await hashFile(`${root}/${relative}`);
  const { content, look } = hashed;
  await runSteps(keepMostLeaves(entries, hashes, { ...hashed, outcome: 'hashed' }));
  entries.transaction(() => keepLastLeaves(hashes, { ...hashed, outcome: 'hashed' }));
  contents.recordWritten({ content, root, relative, ...look });
  const share = files.shares().find(({ path }) => path === realPathOf(root));
  return { path: `${share?.name ?? ''}/${relative}`, size: look.size, content };
}

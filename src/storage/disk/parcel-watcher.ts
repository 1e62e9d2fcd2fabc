import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import { PRIVATE_PREFIX } from '../../core/index-path.ts';
import type { Changed, FolderWatcher, Watch, WatchOptions } from '../../core/ports/folder-watcher.ts';
import { IGNORE_FILE } from './ignore-rules.ts';

/** Watches by what the system has for it (inotify, FSEvents, …), through an addon that is loaded when it is first needed. */
export const parcelWatcher: FolderWatcher = {
  async watch(
    root: string,
    { ignore, failed }: WatchOptions,
    changed: (folders: Changed) => void,
  ): Promise<Watch> {
    const { subscribe } = await import('@parcel/watcher').catch((cause: unknown) => {
      throw new PeerdexError('unsupported', `folders cannot be watched here: ${firstLine(cause)}`, { cause });
    });
    try {
      const subscription = await subscribe(
        root,
        (error, events) => {
          if (error) return failed(error);
          const below = events.flatMap(({ path }) => namesBelow(root, path));
          if (below.some((names) => names.at(-1) === IGNORE_FILE)) return changed('all');
          const folders = new Set(below.map((names) => names.slice(0, -1).join('/')));
          if (folders.size > 0) changed(folders);
        },
        { ignore: [...ignore] },
      );
      // Folders that were removed a moment ago are watched no more, which the addon takes for a failure.
      return { stop: () => subscription.unsubscribe().catch(() => {}) };
    } catch (error) {
      throw isFull(error)
        ? new PeerdexError('limit', 'the system lets this user watch no more folders', { cause: error })
        : asPeerdexError(error, `${root} cannot be watched`);
    }
  },

  async limit(): Promise<number | undefined> {
    const text = await readFile('/proc/sys/fs/inotify/max_user_watches', 'utf8').catch(() => '');
    return text === '' ? undefined : Number(text);
  },
};

/** The names on the way to what changed; nothing for what peerdex does itself. */
function namesBelow(root: string, path: string): readonly string[][] {
  const below = relative(root, path);
  if (below.startsWith('..')) return [];
  const names = below.split(sep);
  return names.some((name) => name.startsWith(PRIVATE_PREFIX)) ? [] : [names];
}

/** The addon gives no code, only the system's words. */
const isFull = (error: unknown): boolean =>
  /No space left|inotify_add_watch|Too many open files/.test(firstLine(error));

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;

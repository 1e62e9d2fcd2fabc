import { stat, statfs } from 'node:fs/promises';
import type { Metric } from './metric.ts';

/** `database`: the database file; `folders`: absolute paths by the label they get. */
export function diskMetrics(database: string, folders: Readonly<Record<string, string>>): readonly Metric[] {
  return [
    {
      name: 'peerdex_database_bytes',
      help: 'Size of the database: the file itself, and the write-ahead log beside it.',
      kind: 'gauge',
      label: 'file',
      async read() {
        const [main, wal] = await Promise.all([sizeOf(database), sizeOf(`${database}-wal`)]);
        return { main, wal };
      },
    },
    {
      name: 'peerdex_disk_free_bytes',
      help: 'Room that this user still has on the disk of a folder.',
      kind: 'gauge',
      label: 'folder',
      async read() {
        const rooms = await Promise.all(
          Object.entries(folders).map(async ([label, path]) => [label, await roomOf(path)] as const),
        );
        return Object.fromEntries(rooms.filter(([, room]) => room !== undefined)) as Record<string, number>;
      },
    },
  ];
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

const roomOf = (path: string): Promise<number | undefined> =>
  statfs(path).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface TempFolder extends AsyncDisposable {
  readonly path: string;
  /** A path inside, not made. */
  join(...names: string[]): string;
}

/** A new folder of its own that is gone, with all that is in it, when the scope ends. */
export async function tempFolder(): Promise<TempFolder> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'peerdex-test-'));
  return {
    path: folder,
    join: (...names) => path.join(folder, ...names),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

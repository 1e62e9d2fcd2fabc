import { PeerdexError } from '../core/errors.ts';
import { isWithin } from './share-names.ts';

/** Throws `conflict` for the root of the file system, and for where a system shows itself as files. `path` is a real path. */
export function refuseSystem(path: string): void {
  const why = WHOLE.get(path) ?? (SHOWN.some((shown) => isWithin(path, shown)) ? IS_SYSTEM : undefined);
  if (why === undefined) return;
  throw new PeerdexError('conflict', `${path} ${why}, and is never shared`, {
    hint: 'share the folder with your files',
  });
}

const IS_SYSTEM = 'is the system itself, shown as files';
const WHOLE: ReadonlyMap<string, string> = new Map([
  ['/', 'is all of this machine, with the keys and passwords of everybody'],
  // Below it lies also memory that programs keep files in.
  ['/dev', IS_SYSTEM],
]);
const SHOWN = ['/proc', '/sys'];

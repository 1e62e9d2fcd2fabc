import { PeerdexError } from '../core/errors.ts';
import type { DestinationFiles } from '../core/ports/destination-files.ts';

/**
 * The inode of the folder where a job lands. It is made once, while `before` is not known; throws `unavailable` where it is gone since then, or is
 * another one: its drive may be unplugged. `hint`: what to do about that.
 */
export async function landingFolder(
  destinations: DestinationFiles,
  root: string,
  before: bigint | undefined,
  hint: string,
): Promise<bigint> {
  if (before === undefined) await destinations.makeRoot(root);
  const now = await destinations.rootOf(root);
  if (now && (before === undefined || before === now.inode)) return now.inode;
  const how = now ? 'another folder than before' : 'not there';
  throw new PeerdexError('unavailable', `${root} is ${how}`, { hint, retry: true });
}

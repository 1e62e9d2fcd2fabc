import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { PeerId } from '../core/ids.ts';
import type { Random } from '../core/random.ts';
import { clearDropped } from '../storage/disk/dropped-files.ts';
import { makeFoldersTo } from '../storage/disk/make-folders.ts';
import { parcelWatcher } from '../storage/disk/parcel-watcher.ts';
import type { PeerConfig } from './config.ts';
import type { PeerStores } from './peer-stores.ts';
import { ShareService } from './shares.ts';
import { unusableFolder } from './unusable-folder.ts';

/** What a peer shares, as its settings want it. */
export const makeShares = (
  config: PeerConfig,
  self: PeerId,
  stores: PeerStores,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): ShareService =>
  new ShareService({
    self,
    database: stores.file,
    stores,
    clock,
    random,
    log: config.log,
    scanSeconds: config.scanSeconds,
    watcher: config.watch === false ? undefined : parcelWatcher,
    stillSeconds: config.stillSeconds,
    verifyRate: config.verifyRate,
    exclude: [config.data],
  });

/**
 * Adds the folders that a peer is started with to those that it remembers: its downloads, which are always shared, and what it was told.
 * Returns the downloads folder. Throws where one of them cannot be used.
 */
export async function addFirstShares(
  shares: ShareService,
  { data, downloads = join(data, 'downloads'), shares: told }: PeerConfig,
): Promise<string> {
  try {
    makeFoldersTo(downloads);
  } catch (error) {
    throw unusableFolder('the downloads folder', downloads, '--downloads', error);
  }
  await clearDropped(downloads);
  await shares.add(downloads, { fixed: true });
  for (const path of told) await shares.add(path);
  return downloads;
}

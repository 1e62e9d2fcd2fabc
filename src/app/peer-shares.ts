import { join } from 'node:path';
import { clearDropped } from '../storage/disk/dropped-files.ts';
import { makeFoldersTo } from '../storage/disk/make-folders.ts';
import type { PeerConfig } from './config.ts';
import type { ShareService } from './shares.ts';
import { unusableFolder } from './unusable-folder.ts';

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

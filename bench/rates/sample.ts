import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import { groupSlice, leafHash, ManifestBuilder } from '../../src/core/manifest.ts';
import type { LocalFile } from '../../src/core/ports/local-contents.ts';
import type { SwarmPeer } from '../../test/harness/swarm-peer.ts';

/** A sparse file of zeros that any peer can be made a holder of, of any size and at no cost. */
export interface Sample extends LocalFile {
  hold(peer: SwarmPeer): void;
}

/** `leaves`: its size in whole leaves. */
export async function makeSample(folder: string, leaves: number): Promise<Sample> {
  const size = leaves * LEAF_BYTES;
  const relative = `zeros-${leaves}`;
  const handle = await open(join(folder, relative), 'w');
  await handle.truncate(size);
  await handle.close();
  const builder = new ManifestBuilder(size);
  const hash = leafHash(Buffer.alloc(LEAF_BYTES));
  for (let leaf = 0; leaf < leaves; leaf += 1) builder.add(hash);
  const { content, manifest, leaves: hashes } = builder.finish();
  const { mtimeNs, dev, ino } = await stat(join(folder, relative), { bigint: true });
  const file = { content, root: folder, relative, size, mtime: mtimeNs, device: dev, inode: ino };
  return {
    ...file,
    hold(peer) {
      peer.hashes.putManifest(content, manifest);
      for (let group = 0; group * 64 * hash.byteLength < hashes.byteLength; group += 1)
        peer.hashes.putLeaves(content, group, groupSlice(hashes, group));
      peer.holds(file);
    },
  };
}

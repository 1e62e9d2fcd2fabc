import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Source } from '../../contender.ts';

/** As large as a leaf of peerdex, and what makers of torrents choose for files of this size. */
const PIECE_BYTES = 256 * 1024;

/** Writes a torrent (BEP 3, version 1) for one file to `destination`. */
export async function makeTorrent(source: Source, tracker: string, destination: string): Promise<string> {
  const hashes: Buffer[] = [];
  const file = createReadStream(path.join(source.folder, source.name), { highWaterMark: PIECE_BYTES });
  for await (const piece of file)
    hashes.push(
      createHash('sha1')
        .update(piece as Buffer)
        .digest(),
    );
  // Keys of a dictionary stand in the order of their bytes.
  const info = Buffer.concat([
    Buffer.from(
      `d6:lengthi${source.bytes}e4:name${text(source.name)}12:piece lengthi${PIECE_BYTES}e6:pieces`,
    ),
    Buffer.from(`${hashes.length * 20}:`),
    ...hashes,
    Buffer.from('e'),
  ]);
  await writeFile(
    destination,
    Buffer.concat([Buffer.from(`d8:announce${text(tracker)}4:info`), info, Buffer.from('e')]),
  );
  return destination;
}

const text = (value: string): string => `${Buffer.byteLength(value)}:${value}`;

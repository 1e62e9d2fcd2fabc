import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContentId } from '../../src/core/ids.ts';
import { groupCount } from '../../src/core/leaf-layout.ts';
import type {
  HashStore,
  LocalContents,
  LocalFile,
  ManyLocalContents,
  WrittenFile,
} from '../../src/core/ports/local-contents.ts';
import { contentOf } from '../support/sample-content.ts';

/** The files of a peer without shares, by their contents. */
export class HeldFiles implements LocalContents, ManyLocalContents {
  /** Files that were reported to have changed. */
  readonly suspected: LocalFile[] = [];
  readonly #files = new Map<ContentId, LocalFile[]>();

  /** Writes a file below `root`, keeps its hashes and holds its content. */
  async write(root: string, relative: string, bytes: Uint8Array, hashes: HashStore): Promise<ContentId> {
    const { id, manifest, group } = contentOf(bytes);
    hashes.putManifest(id, manifest);
    for (let n = 0; n < groupCount(bytes.byteLength); n += 1) hashes.putLeaves(id, n, group(n));
    await writeFile(join(root, relative), bytes);
    const { size, mtimeNs, dev, ino } = await stat(join(root, relative), { bigint: true });
    const look = { size: Number(size), mtime: mtimeNs, device: dev, inode: ino };
    this.recordWritten({ content: id, root, relative, ...look });
    return id;
  }

  locate(content: ContentId): readonly LocalFile[] {
    return this.#files.get(content) ?? [];
  }

  recordWritten(file: LocalFile): void {
    this.#files.set(file.content, [file]);
  }

  suspect(file: LocalFile): void {
    this.suspected.push(file);
  }

  locateEach(wanted: readonly ContentId[]): readonly (readonly LocalFile[])[] {
    return wanted.map((content) => this.locate(content));
  }

  placeOfEach(wanted: readonly ContentId[]): readonly (LocalFile | undefined)[] {
    return wanted.map((content) => this.locate(content)[0]);
  }

  recordManyWritten(root: string, written: readonly WrittenFile[]): void {
    for (const { content, relative, look } of written)
      this.recordWritten({ content, root, relative, ...look });
  }
}

import { constants, existsSync } from 'node:fs';
import { type FileHandle, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bitfield } from '../../core/bitfield.ts';
import type { Clock } from '../../core/clock.ts';
import { asPeerdexError, PeerdexError, systemCode } from '../../core/errors.ts';
import type { ContentId, PeerId } from '../../core/ids.ts';
import { baseName, PRIVATE_PREFIX, parentPath } from '../../core/index-path.ts';
import { LEAF_BYTES } from '../../core/leaf-layout.ts';
import type { Destination, Partial, PartialStore } from '../../core/ports/partial.ts';
import { DiskPartial } from './disk-partial.ts';
import { SpaceLedger } from './free-space.ts';
import { makeFoldersTo } from './make-folders.ts';
import { keptBytes, type MapHeader, readMap, readMapHeader, removeMap } from './map-file.ts';
import { mountOf } from './mount-of.ts';
import { type LeafMap, PartialMap } from './partial-map.ts';
import { makeFoldersBelow, openBelow, withFolderBelow } from './safe-open.ts';
import { VolatileMap } from './volatile-map.ts';

const MAP_ENDING = '.map';

interface OpenParts {
  readonly file: FileHandle;
  readonly map: LeafMap;
}

export interface DiskPartialStoreOptions {
  /** Absolute; the maps lie here. */
  readonly folder: string;
  /** Whose partials these are: two who fetch one content into one folder do not touch each other's. */
  readonly owner: PeerId;
  readonly clock: Clock;
  /** False leaves out the flushes to the disk: quicker, and a power cut may lose what was reported done. */
  readonly flush: boolean;
}

/** Partials as sparse files beside their destinations, their maps in the data folder. */
export class DiskPartialStore implements PartialStore {
  readonly #options: DiskPartialStoreOptions;
  readonly #space = new SpaceLedger();

  constructor(options: DiskPartialStoreOptions) {
    this.#options = options;
  }

  async checkSpace(root: string, bytes: number): Promise<void> {
    await this.#space.check(root, (await stat(root, { bigint: true })).dev, bytes);
  }

  async kept(): Promise<ReadonlyMap<ContentId, number>> {
    const names = await readdir(this.#options.folder).catch(() => []);
    const kept = new Map<ContentId, number>();
    for (const name of names) {
      const bytes = await keptBytes(join(this.#options.folder, name));
      if (name.endsWith(MAP_ENDING) && bytes > 0) kept.set(name.slice(0, -MAP_ENDING.length), bytes);
    }
    return kept;
  }

  async leaves(content: ContentId): Promise<Bitfield | undefined> {
    return (await readMap(this.#mapPath(content)))?.claimed;
  }

  async open(content: ContentId, size: number, destination: Destination): Promise<Partial> {
    const { root } = destination;
    const device = (await stat(root, { bigint: true })).dev;
    const relative = this.#partialPath(content, destination.relative);
    let parts = await this.#resume(content, size, root, relative);
    const missing = () => Math.max(0, size - (parts?.map.have.count ?? 0) * LEAF_BYTES);
    let release: () => void = () => {};
    try {
      release = await this.#space.promise(root, device, missing);
      parts ??= await this.#create(content, size, root, relative);
    } catch (error) {
      release();
      await parts?.map.close();
      await parts?.file.close();
      throw error;
    }
    const { file, map } = parts;
    return new DiskPartial({
      content,
      size,
      root,
      relative,
      name: baseName(destination.relative),
      file,
      map,
      clock: this.#options.clock,
      flush: this.#options.flush,
      onClosed: release,
    });
  }

  async discard(content: ContentId, at?: Destination): Promise<void> {
    const path = this.#mapPath(content);
    const header = await readMapHeader(path);
    // Its folder may be gone with it.
    if (at) await removeBelow(at.root, this.#partialPath(content, at.relative)).catch(() => {});
    if (!header) return;
    await removeBelow(header.root, header.relative).catch(() => {});
    await removeMap(path);
  }

  async #resume(
    content: ContentId,
    size: number,
    root: string,
    relative: string,
  ): Promise<OpenParts | undefined> {
    if (size <= LEAF_BYTES || !existsSync(this.#mapPath(content))) return undefined;
    const file = await openBelow(root, relative, constants.O_RDWR).catch(() => undefined);
    if (!file) return undefined;
    try {
      const header = await headerOf(file, content, size, root, relative);
      const look = await file.stat({ bigint: true });
      const map = await PartialMap.resume(this.#mapPath(content), header, {
        mount: await mountOf(file),
        mtime: look.mtimeNs,
        length: Number(look.size),
      });
      if (map && Number(look.size) !== size) await file.truncate(size);
      if (map) return { file, map };
      await file.close();
      return undefined;
    } catch (error) {
      await file.close();
      throw this.#beginFailure(error);
    }
  }

  async #create(content: ContentId, size: number, root: string, relative: string): Promise<OpenParts> {
    await this.discard(content);
    const file = await createBelow(root, relative);
    try {
      // Of one leaf there is nothing to go on with.
      if (size <= LEAF_BYTES) return { file, map: new VolatileMap(size) };
      await file.truncate(size);
      makeFoldersTo(this.#options.folder, 0o700);
      const header = await headerOf(file, content, size, root, relative);
      return { file, map: await PartialMap.create(this.#mapPath(content), header, await mountOf(file)) };
    } catch (error) {
      await file.close();
      await removeBelow(root, relative);
      await removeMap(this.#mapPath(content));
      throw this.#beginFailure(error);
    }
  }

  #beginFailure(error: unknown): PeerdexError {
    if (systemCode(error) !== 'ENOSPC' && systemCode(error) !== 'EDQUOT') return asPeerdexError(error);
    return new PeerdexError('no-space', `the disk of ${this.#options.folder} is full`, {
      cause: error,
      retry: true,
      hint: 'the data folder needs room to keep track of downloads: make some, then resume the job',
    });
  }

  /** Beside the destination, under a name that scanners pass over. */
  #partialPath(content: ContentId, relative: string): string {
    const folder = parentPath(relative);
    const name = `${PRIVATE_PREFIX}${content.slice(0, 32)}-${this.#options.owner.slice(0, 12)}.part`;
    return folder === '' ? name : `${folder}/${name}`;
  }

  #mapPath(content: ContentId): string {
    return join(this.#options.folder, `${content}${MAP_ENDING}`);
  }
}

async function headerOf(
  file: FileHandle,
  content: ContentId,
  size: number,
  root: string,
  relative: string,
): Promise<MapHeader> {
  const { dev, ino } = await file.stat({ bigint: true });
  return { content, size, root, relative, device: String(dev), inode: String(ino) };
}

/** Makes the folders that are missing; replaces a partial that nothing is known of. */
async function createBelow(root: string, relative: string): Promise<FileHandle> {
  const create = () => openBelow(root, relative, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL);
  try {
    return await create();
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') await makeFoldersBelow(root, parentPath(relative));
    else if (code === 'EEXIST') await removeBelow(root, relative);
    else throw error;
    return create();
  }
}

async function removeBelow(root: string, relative: string): Promise<void> {
  await withFolderBelow(root, parentPath(relative), async (folder) => {
    await unlink(`${folder}/${baseName(relative)}`).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
    });
  });
}

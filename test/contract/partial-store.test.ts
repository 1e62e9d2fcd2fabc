import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { DiskPartialStore } from '../../src/storage/disk/partial-store.ts';
import { MemoryPartialStore } from '../../src/storage/memory/partial-store.ts';
import { tempFolder } from '../harness/temp-folder.ts';
import { skipWithoutMounts, tmpfs } from '../harness/tmpfs.ts';
import { type PartialStoreUnderTest, partialStoreContract } from './partial-store.ts';

const MIB = 2 ** 20;
/** What the disk store leaves to others. */
const MARGIN = 8 * MIB;

partialStoreContract(
  'memory',
  async () => inMemory(),
  async () => inMemory(8 * MIB),
);
partialStoreContract(
  'disk',
  () => onDisk(),
  () => onDisk(8 * MIB + MARGIN),
  skipWithoutMounts,
);

function inMemory(capacity?: number): PartialStoreUnderTest {
  const store = new MemoryPartialStore(capacity);
  const root = '/root';
  return {
    store,
    reopen: () => store,
    root,
    read: async (relative) => store.files.get(`${root}/${relative}`) ?? undefined,
    put: async (relative, bytes) => void store.files.set(`${root}/${relative}`, bytes),
    names: async () =>
      [...store.files].flatMap(([path, bytes]) => (bytes ? [path.slice(root.length + 1)] : [])),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function onDisk(bytes?: number): Promise<PartialStoreUnderTest> {
  const things = new AsyncDisposableStack();
  const folder = things.use(await tempFolder());
  const root = folder.join('root');
  if (bytes === undefined) await mkdir(root);
  else things.use(await tmpfs(root, bytes));
  const open = () =>
    new DiskPartialStore({
      folder: folder.join('maps'),
      owner: 'ab'.repeat(16),
      clock: systemClock,
      flush: true,
    });
  return {
    store: open(),
    reopen: open,
    root,
    read: (relative) => readFile(join(root, relative)).catch(() => undefined),
    async put(relative, content) {
      if (content === null) return void (await mkdir(join(root, relative), { recursive: true }));
      await mkdir(dirname(join(root, relative)), { recursive: true });
      await writeFile(join(root, relative), content);
    },
    async names() {
      const found = await readdir(root, { recursive: true, withFileTypes: true });
      return found
        .filter((one) => !one.isDirectory())
        .map((one) => join(one.parentPath, one.name).slice(root.length + 1));
    },
    spare: MARGIN,
    [Symbol.asyncDispose]: () => things.disposeAsync(),
  };
}

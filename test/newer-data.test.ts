import assert from 'node:assert/strict';
import { copyFile, cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { readBackup, writeBackup } from '../src/app/backup-file.ts';
import { startPeer } from '../src/app/peer.ts';
import { startRegistry } from '../src/app/registry.ts';
import { backupRegistry, restoreRegistry } from '../src/app/registry-backup.ts';
import { readRegistryDirectory } from '../src/app/registry-directory.ts';
import { openRegistryCare } from '../src/app/registry-local/open-registry-care.ts';
import { resetIdentity } from '../src/app/reset-identity.ts';
import { silentLog } from '../src/core/ports/log.ts';
import { Cluster } from './harness/cluster.ts';
import { describeTree } from './harness/files.ts';
import { runProgram } from './harness/program.ts';
import { type TempFolder, tempFolder } from './harness/temp-folder.ts';

const LISTEN = { host: '127.0.0.1', port: 0 };
/** One that knows more than this one. */
const NEWER = 999;

describe('data of a newer release are refused and stay as they are', () => {
  let folder: TempFolder;
  let join: string;
  before(async () => {
    folder = await tempFolder();
    await using cluster = await Cluster.start();
    join = cluster.registry.join;
    const alice = await cluster.peer('alice');
    await alice.running.close();
    await cluster.registry.close();
    await cp(alice.data, folder.join('peer'), { recursive: true });
    await cp(cluster.folder.join('registry'), folder.join('registry'), { recursive: true });
  });
  after(() => folder[Symbol.asyncDispose]());

  const registryConfig = { listen: LISTEN, advertise: [], leaseSeconds: 90, maxPeers: 10, log: silentLog };
  const peerConfig = {
    shares: [],
    listen: LISTEN,
    advertise: [],
    scanSeconds: 60,
    memoryBytes: 2 ** 28,
    lingerSeconds: 1,
    log: silentLog,
  };
  /** All that opens a data folder. */
  const doors: Readonly<Record<'peer' | 'registry', readonly ((data: string) => unknown)[]>> = {
    peer: [(data) => startPeer({ data, ...peerConfig }), (data) => resetIdentity(data, new Date())],
    registry: [
      (data) => startRegistry({ data, ...registryConfig }),
      (data) => openRegistryCare(data),
      (data) => readRegistryDirectory(data, Date.now()),
      (data) => backupRegistry(data, folder.join('never.backup')),
    ],
  };
  const databases = { peer: 'peer.db', registry: 'registry.db' } as const;

  async function refusedUntouched(
    kind: 'peer' | 'registry',
    data: string,
    message: RegExp,
    opened = doors[kind],
  ): Promise<void> {
    const was = await describeTree(data);
    for (const open of opened) {
      await assert.rejects(async () => open(data), {
        code: 'unsupported',
        message,
        hint: /install .*--data/,
      });
      assert.deepEqual(await describeTree(data), was);
    }
  }

  for (const kind of ['peer', 'registry'] as const) {
    it(`${kind}: a database with a higher schema`, async () => {
      const data = folder.join(`${kind}-database`);
      await cp(folder.join(kind), data, { recursive: true });
      await writeFile(path.join(data, 'format.json'), '{"format":1,"version":"0.7.0"}');
      const database = new DatabaseSync(path.join(data, databases[kind]));
      database.exec(`PRAGMA user_version = ${NEWER}`);
      database.close();
      await refusedUntouched(
        kind,
        data,
        /written by (a newer peerdex|peerdex 0\.7\.0, which is newer).*schema 999/,
      );
    });

    it(`${kind}: a higher schema that is in the write-ahead log alone, as a killed daemon leaves it`, async () => {
      const data = folder.join(`${kind}-log`);
      await cp(folder.join(kind), data, { recursive: true });
      const name = databases[kind];
      const other = folder.join(`${kind}-writing.db`);
      await copyFile(path.join(data, name), other);
      using database = new DatabaseSync(other);
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA user_version = ${NEWER}`);
      for (const end of ['', '-wal', '-shm']) await copyFile(other + end, path.join(data, name + end));
      assert.notEqual((await readFile(path.join(data, name))).readUInt32BE(60), NEWER);
      await refusedUntouched(kind, data, /written by a newer peerdex \(schema 999/);
    });

    it(`${kind}: files of a newer form, and the command line says by which release`, async () => {
      const data = folder.join(`${kind}-format`);
      await cp(folder.join(kind), data, { recursive: true });
      await writeFile(path.join(data, 'format.json'), '{"format":2,"version":"0.7.0","more":true}');
      // Who looks on without a lock goes by the database alone.
      const locking = kind === 'peer' ? doors.peer : doors.registry.slice(0, 2);
      await refusedUntouched(kind, data, /written by peerdex 0\.7\.0, which is newer than this one/, locking);
      const was = await describeTree(data);
      const args = kind === 'peer' ? ['up', '--join', join] : ['registry'];
      const result = await runProgram([...args, '--data', data, '--listen', '127.0.0.1:0']);
      assert.equal(result.code, 1);
      assert.match(result.stderr, /written by peerdex 0\.7\.0, .*\n.*install peerdex 0\.7\.0/);
      assert.deepEqual(await describeTree(data), was);
    });
  }

  it('a newer release that writes the same form is no reason to refuse, and older folders are noted', async () => {
    const data = folder.join('same-form');
    await cp(folder.join('registry'), data, { recursive: true });
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    for (const before of ['{"format":1,"version":"0.7.0"}', '{"format":1}', 'rubbish']) {
      await writeFile(path.join(data, 'format.json'), before);
      await using registry = await startRegistry({ data, ...registryConfig });
      assert.ok(registry.id);
      const noted = JSON.parse(await readFile(path.join(data, 'format.json'), 'utf8'));
      assert.deepEqual(noted, { format: 1, version });
    }
  });

  it('a backup of a newer release, or with a newer database in it, restores nothing', async () => {
    await assert.rejects(
      async () => {
        const file = folder.join('newer.backup');
        await writeFile(file, 'peerdex-backup/2 {"version":"0.7.0","something":"else"}\nbytes');
        restoreRegistry(file, folder.join('restored-1'));
      },
      { code: 'unsupported', message: /made by peerdex 0\.7\.0/, hint: /restore it with peerdex 0\.7\.0/ },
    );
    const data = folder.join('backed-up');
    await cp(folder.join('registry'), data, { recursive: true });
    const file = folder.join('registry.backup');
    backupRegistry(data, file);
    const bytes = await readFile(file);
    const contents = readBackup(bytes, undefined);
    const database = Buffer.from(contents.database);
    database.writeUInt32BE(NEWER, 60);
    await writeFile(file, writeBackup({ ...contents, database }, new Date().toISOString(), undefined));
    const target = folder.join('restored-2');
    assert.throws(() => restoreRegistry(file, target), { code: 'unsupported', message: /which is newer/ });
    assert.deepEqual(Object.keys(await describeTree(target)).sort(), ['format.json', 'lock.db']);
  });
});

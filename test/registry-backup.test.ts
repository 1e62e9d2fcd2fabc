import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { inspectBackup, readBackup, writeBackup } from '../src/app/backup-file.ts';
import { startRegistry } from '../src/app/registry.ts';
import { backupRegistry, restoreRegistry } from '../src/app/registry-backup.ts';
import { openRegistryCare } from '../src/app/registry-local/open-registry-care.ts';
import { formatJoinLink, type NetworkMode } from '../src/core/join-link.ts';
import { silentLog } from '../src/core/ports/log.ts';
import { SqliteAdmissionStore } from '../src/storage/sqlite/admission-store.ts';
import { openRegistryDatabase } from '../src/storage/sqlite/registry-database.ts';
import { type TempFolder, tempFolder } from './harness/temp-folder.ts';
import { TestMember } from './harness/test-member.ts';
import { freshKey } from './support/fresh-key.ts';

const start = (data: string, mode?: NetworkMode, listen = { host: '127.0.0.1', port: 0 }) =>
  startRegistry({
    data,
    listen,
    advertise: [],
    leaseSeconds: 90,
    maxPeers: 100,
    mode,
    log: silentLog,
  });

/** A registry that ran, with a member. */
async function makeRegistry(
  folder: TempFolder,
  mode?: NetworkMode,
): Promise<{ data: string; id: string; join: string }> {
  const data = folder.join('registry');
  await using registry = await start(data, mode);
  const { id, join } = registry;
  addMember(data);
  return { data, id, join };
}

const MEMBER = freshKey();

function addMember(data: string): void {
  const database = openRegistryDatabase(path.join(data, 'registry.db'));
  const { id: peer, publicKey } = MEMBER;
  const member = {
    peer,
    publicKey,
    name: 'lab',
    role: 'admin' as const,
    invites: [],
    admitted: 5,
    ticketEnds: 7,
  };
  new SqliteAdmissionStore(database).write({ members: [member] });
  database.close();
}

function membersOf(data: string) {
  const database = openRegistryDatabase(path.join(data, 'registry.db'));
  try {
    return new SqliteAdmissionStore(database).load().members;
  } finally {
    database.close();
  }
}

const epochOf = (data: string) => {
  const database = new DatabaseSync(path.join(data, 'registry.db'), { readOnly: true });
  try {
    return database.prepare('SELECT epoch FROM directory').get()?.epoch;
  } finally {
    database.close();
  }
};

describe('a registry that was restored from an old backup', () => {
  it('takes back by their tickets who came in since, and puts out who was revoked since', async () => {
    await using folder = await tempFolder();
    const data = folder.join('registry');
    const file = folder.join('a.backup');
    let listen = { host: '127.0.0.1', port: 0 };
    let members: TestMember[];
    let list: string;
    {
      await using registry = await start(data, 'tls', listen);
      backupRegistry(data, file);
      listen = registry.address;
      members = [];
      for (let n = 0; n < 3; n += 1) members.push(await TestMember.join(registry.join));
    }
    {
      using care = openRegistryCare(data);
      await care.revoke({ peer: members[2]!.id });
    }
    {
      await using _registry = await start(data, 'tls', listen);
      list = (await (await members[0]!.registry()).revocations()).list!;
    }
    restoreRegistry(file, folder.join('restored'));
    await using _restored = await start(folder.join('restored'), undefined, listen);
    const [late, brings, revoked] = members as [TestMember, TestMember, TestMember];
    await late.register(1);
    await revoked.register(2);
    await (await brings.registry()).bringRevocations({ body: { list } });
    await assert.rejects(revoked.register(2), { code: 'forbidden', message: /revoked/ });
    const { peers } = await (await late.registry()).list();
    assert.deepEqual(
      peers.map(({ id }) => id),
      [late.id],
    );
    const stranger = TestMember.of(formatJoinLink({ ...late.link, secret: undefined }));
    await assert.rejects(stranger.register(3), { code: 'forbidden', message: /is no member/ });
  });
});

describe('a backup of a registry', () => {
  for (const passphrase of [undefined, 'correct horse']) {
    it(`${passphrase ? 'with' : 'without'} a passphrase, made while it runs, restores network, members and invites`, async () => {
      await using folder = await tempFolder();
      const mode = passphrase ? 'tls' : 'plaintext';
      const { data, id } = await makeRegistry(folder, mode);
      const file = folder.join('a.backup');
      let secret: string;
      {
        await using registry = await start(data);
        secret = /secret=(.+)$/.exec(registry.join)![1]!;
        const made = backupRegistry(data, file, { passphrase });
        assert.deepEqual([made.network, made.encrypted], [id, passphrase !== undefined]);
      }
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      const bytes = await readFile(file);
      assert.deepEqual(inspectBackup(bytes), { network: id, encrypted: passphrase !== undefined });
      assert.equal(bytes.includes('PRIVATE KEY'), passphrase === undefined);
      assert.ok(!(await readdir(data)).some((name) => name.endsWith('.copy')), 'no copy is left behind');

      const restored = folder.join('restored');
      assert.deepEqual(restoreRegistry(file, restored, passphrase), { network: id });
      assert.equal((await stat(restored)).mode & 0o777, 0o700);
      for (const name of ['network-key.pem', 'registry.db'])
        assert.equal((await stat(path.join(restored, name))).mode & 0o777, 0o600, name);
      assert.deepEqual(membersOf(restored), membersOf(data));
      assert.notEqual(epochOf(restored), epochOf(data), 'versions that were seen before mean nothing now');
      await using registry = await start(restored);
      assert.deepEqual([registry.id, registry.mode], [id, mode]);
      assert.ok(registry.join.endsWith(`secret=${secret}`), registry.join);
    });
  }

  it('never replaces a file without being told, and needs a registry', async () => {
    await using folder = await tempFolder();
    const { data } = await makeRegistry(folder);
    const file = folder.join('a.backup');
    await writeFile(file, 'precious');
    assert.throws(() => backupRegistry(data, file), { code: 'conflict', hint: /--overwrite/ });
    assert.equal(await readFile(file, 'utf8'), 'precious');
    backupRegistry(data, file, { overwrite: true });
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.throws(() => backupRegistry(folder.join('none'), folder.join('b')), { code: 'not-found' });
    assert.throws(() => backupRegistry(data, folder.join('no', 'such', 'folder')), { code: 'failed' });
    assert.deepEqual((await readdir(folder.path)).sort(), ['a.backup', 'registry']);
  });

  it('is restored only where nothing is and nothing runs', async () => {
    await using folder = await tempFolder();
    const { data } = await makeRegistry(folder);
    const file = folder.join('a.backup');
    backupRegistry(data, file);
    assert.throws(() => restoreRegistry(file, data), { code: 'conflict', message: /not empty/ });
    {
      await using _running = await start(data);
      assert.throws(() => restoreRegistry(file, data), { code: 'conflict', message: /already runs/ });
    }
    const full = folder.join('full');
    await mkdir(full);
    await writeFile(path.join(full, 'thesis.doc'), '');
    assert.throws(() => restoreRegistry(file, full), { code: 'conflict', message: /thesis\.doc/ });
    assert.deepEqual(await readdir(full), ['thesis.doc']);
    assert.throws(() => restoreRegistry(folder.join('none'), folder.join('x')), { code: 'not-found' });
  });

  it('with a wrong passphrase, none, or damage anywhere is refused with what it is, and leaves no network behind', async () => {
    await using folder = await tempFolder();
    const { data } = await makeRegistry(folder);
    const file = folder.join('a.backup');
    backupRegistry(data, file, { passphrase: 'right' });
    const target = folder.join('target');
    const restore = (passphrase?: string) => () => restoreRegistry(file, target, passphrase);
    assert.throws(restore('wrong'), { code: 'unauthorized', message: /passphrase/ });
    assert.throws(restore(), { code: 'usage', hint: /PEERDEX_PASSPHRASE/ });
    const whole = await readFile(file);
    for (const at of [0, 20, 60, 300, whole.length >> 1, whole.length - 1]) {
      await writeFile(file, whole.with(at, whole[at]! ^ 1));
      assert.throws(
        restore('right'),
        { code: 'verification', message: /damaged|not a backup/ },
        `byte ${at}`,
      );
    }
    for (const length of [0, 5, 100, whole.length - 1]) {
      await writeFile(file, whole.subarray(0, length));
      assert.throws(restore('right'), { code: 'verification', message: /damaged|not a backup/ });
    }
    assert.ok(!(await readdir(target)).some((name) => /network-key|registry\.db/.test(name)));
    await writeFile(file, whole);
    restoreRegistry(file, target, 'right');
    using care = openRegistryCare(target);
    assert.equal((await care.invites()).invites.length, 1);
  });

  it('that somebody put together wrongly leaves no network behind', async () => {
    await using folder = await tempFolder();
    const { data, id } = await makeRegistry(folder);
    const file = folder.join('a.backup');
    backupRegistry(data, file);
    const good = readBackup(await readFile(file), undefined);
    const target = folder.join('target');
    const cases = [
      { ...good, database: randomBytes(4096) },
      { ...good, key: 'no key' },
      { ...good, network: 'ab'.repeat(16) },
    ];
    for (const wrong of cases) {
      await writeFile(file, writeBackup(wrong, new Date(0).toISOString(), undefined));
      assert.throws(() => restoreRegistry(file, target), { name: 'PeerdexError' });
      assert.ok(!(await readdir(target)).some((name) => /network-key|registry\.db/.test(name)));
    }
    await writeFile(file, writeBackup(good, new Date(0).toISOString(), undefined));
    assert.deepEqual(restoreRegistry(file, target), { network: id });
  });
});

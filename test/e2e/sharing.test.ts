import assert from 'node:assert/strict';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CsvRow, FindAnswer, LsAnswer, Status } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { makeFile, makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

const LARGE = 160 * 2 ** 20;

describe('what a peer shares', () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let bob: PeerProcess;
  let root: string;

  before(async () => {
    network = await ProcessNetwork.start();
    root = await makeTree(network.folder.join('mixed'), {
      'empty.bin': '',
      'with some spaces.txt': 'spaces',
      // Decomposed on disk: the index has it composed.
      'Z\u006f\u0308e.txt': 'two dots',
      '日本語/写真 📷.jpg': 'not really a picture',
      'a/b/c/d/e/f/g/h/i/j/deep.txt': 'deep',
      'empty folder': null,
      'script.sh': '#!/bin/sh\n',
      'bad\nname.txt': 'a control character',
    });
    await symlink('empty.bin', path.join(root, 'link to a file'));
    await symlink('/etc', path.join(root, 'link to a folder'));
    await makeFile(path.join(root, 'large.bin'), LARGE, 7);
    for (let folder = 0; folder < 20; folder += 1) {
      const many = path.join(root, 'many', String(folder));
      await mkdir(many, { recursive: true });
      await Promise.all(
        Array.from({ length: 150 }, (_, i) => writeFile(path.join(many, `${i}.dat`), `${folder}/${i}`)),
      );
    }
    alice = await network.peer('alice', { shares: [root] });
    bob = await network.peer('bob');
  });
  after(() => network[Symbol.asyncDispose]());

  const shareOf = async (peer: PeerProcess) => {
    const share = (await peer.client.status()).shares.find((one) => one.path === root);
    assert.ok(share, 'status lists the share');
    return share;
  };

  it('counts files, bytes and the links it skips, and warns of names that it cannot share', async () => {
    const share = await shareOf(alice);
    assert.equal(share.name, 'mixed');
    assert.equal(share.state, 'ready');
    assert.equal(share.files, 3000 + 7);
    assert.equal(share.links, 2);
    assert.ok(share.bytes > LARGE);
    assert.ok(
      share.warnings.some((warning) => warning.includes('name')),
      `warns of the line break: ${share.warnings}`,
    );
  });

  it('others see every file under its name in normal form C', async () => {
    const csv = await bob.run(['csv', '--json']);
    assert.equal(csv.code, 0, csv.stderr);
    const rows = csv.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as CsvRow);
    const files = new Set(rows.filter(({ peer }) => peer === alice.id).map(({ file }) => file));
    for (const name of [
      'empty.bin',
      'with some spaces.txt',
      'Zöe.txt',
      '日本語/写真 📷.jpg',
      'a/b/c/d/e/f/g/h/i/j/deep.txt',
    ]) {
      assert.ok(files.has(`mixed/${name.normalize('NFC')}`), `${name} is in the index`);
    }
    assert.equal(files.size, 3007);
    assert.ok(![...files].some((file) => file.includes('link') || file.includes('\n')));
  });

  it('finds by words whatever their case and accents, and says no match without failing', async () => {
    const zoe = await bob.ask<FindAnswer>(['find', 'ZOE']);
    assert.deepEqual(
      zoe.results.map(({ path: at }) => at),
      ['mixed/Zöe.txt'],
    );
    const picture = await bob.ask<FindAnswer>(['find', '写真']);
    assert.deepEqual(
      picture.results.map(({ path: at }) => at),
      ['mixed/日本語/写真 📷.jpg'],
    );
    const none = await bob.ask<FindAnswer>(['find', 'no', 'such', 'thing']);
    assert.deepEqual(none, { results: [], total: 0, more: false });
    const limited = await bob.ask<FindAnswer>(['find', 'dat', '--limit', '5']);
    assert.equal(limited.results.length, 5);
    assert.ok(limited.total > 5);
  });

  it('lists folders, empty ones too', async () => {
    const { entries } = await bob.ask<LsAnswer>(['ls', 'alice:mixed']);
    assert.ok(entries.some(({ name, kind }) => name === 'empty folder' && kind === 'folder'));
    const inside = await bob.ask<LsAnswer>(['ls', 'alice:mixed/empty folder']);
    assert.deepEqual(inside.entries, []);
  });

  it('fetches names of every kind', async () => {
    const out = await network.makeFolder('out');
    const got = (
      await bob.get([
        'alice:mixed/Zöe.txt',
        '写真 📷.jpg',
        'empty.bin',
        'with some spaces.txt',
        '-o',
        `${out}/`,
      ])
    ).succeeded();
    assert.deepEqual(
      got.map(({ path: at }) => path.basename(at)).sort(),
      ['Zöe.txt', 'empty.bin', 'with some spaces.txt', '写真 📷.jpg'].sort(),
    );
  });

  it('a restart hashes nothing again', async () => {
    // Of a file whose mtime is as young as its hash nobody can be sure: let the next passes settle it.
    await eventually(async () => (await alice.run(['rescan'])).code === 0);
    await eventually(() => {
      const seen = alice.daemon.stats.bytesRead;
      return alice.run(['rescan']).then(() => alice.daemon.stats.bytesRead - seen < LARGE / 4);
    });
    await alice.daemon.restart();
    const share = await shareOf(alice);
    assert.equal(share.files, 3007);
    const { bytesRead } = alice.daemon.stats;
    assert.ok(bytesRead < LARGE, `read ${bytesRead} bytes after the restart, the share has over ${LARGE}`);
  });

  it('a renamed file is recognised without reading it', async () => {
    const [before] = (await bob.ask<FindAnswer>(['find', 'large'])).results;
    const readBefore = alice.daemon.stats.bytesRead;
    await rename(path.join(root, 'large.bin'), path.join(root, 'renamed giant.bin'));
    await alice.ask(['rescan']);
    const found = await eventually(async () => (await bob.find('renamed', 'giant')).results[0]);
    assert.equal(found.content, before?.content);
    assert.equal((await bob.ask<FindAnswer>(['find', 'large'])).total, 0);
    const read = alice.daemon.stats.bytesRead - readBefore;
    assert.ok(read < LARGE / 2, `read ${read} bytes for a rename`);
  });

  it('a changed file gets its new content everywhere', async () => {
    const before = (await bob.ask<FindAnswer>(['find', 'script'])).results[0]?.content;
    await writeFile(path.join(root, 'script.sh'), '#!/bin/sh\necho changed\n');
    await eventually(async () => {
      const now = (await bob.ask<FindAnswer>(['find', 'script'])).results[0]?.content;
      return now !== undefined && now !== before;
    });
  });

  it('share adds a folder to the running daemon, unshare takes it away', async () => {
    const more = await makeTree(network.folder.join('more'), { 'extra.txt': 'extra' });
    await alice.ask(['share', more]);
    await eventually(async () => (await bob.find('extra')).total === 1);
    await alice.ask(['unshare', more]);
    await eventually(async () => (await bob.find('extra')).total === 0);
  });

  it('a share whose folder is gone keeps its entries and says so', async () => {
    const drive = await makeTree(network.folder.join('drive'), { 'on the drive.txt': 'x' });
    await alice.ask(['share', drive]);
    await eventually(async () => (await bob.find('drive')).total === 1);
    await rename(drive, `${drive}-unplugged`);
    await eventually(async () => {
      const { code, stdout } = await alice.run(['status', '--json']);
      const { shares } = JSON.parse(stdout) as Status;
      return code === 1 && shares.find((share) => share.path === drive)?.state === 'unavailable';
    });
    assert.equal(
      (await bob.ask<FindAnswer>(['find', 'drive'])).total,
      1,
      'an unplugged drive is no deletion',
    );
    await rename(`${drive}-unplugged`, drive);
    await rm(path.join(drive, 'on the drive.txt'));
    await eventually(async () => (await bob.find('drive')).total === 0);
  });

  it('warns of a home folder, and leaves out where keys are kept', async () => {
    const home = await makeTree(network.folder.join('home'), { '.ssh/id': 'a key', 'letter.txt': 'dear' });
    const { code, stdout, stderr } = await alice.run(['share', home], { env: { HOME: home } });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /: 1 file, 4 B$/m);
    assert.match(stderr, /^warning: this is your whole home folder/m);
    assert.match(stderr, /^warning: not shared: "\.ssh": keys and passwords/m);
    const keys = await alice.run(['share', path.join(home, '.ssh')]);
    assert.equal(keys.code, 1);
    assert.match(keys.stderr, /is not shared by itself\nhint: .*!\.ssh/);
    assert.equal((await alice.run(['unshare', home])).code, 0);
  });
});

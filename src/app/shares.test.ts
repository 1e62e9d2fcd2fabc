import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { until } from '../../test/support/until.ts';
import { systemClock } from '../core/clock.ts';
import { leafHash, ManifestBuilder } from '../core/manifest.ts';
import { silentLog } from '../core/ports/log.ts';
import { systemRandom } from '../core/random.ts';
import { SqliteEntryStore } from '../storage/sqlite/entry-store.ts';
import { SqliteHashStore } from '../storage/sqlite/hash-store.ts';
import { SqliteLocalFiles } from '../storage/sqlite/local-files.ts';
import { openPeerDatabase } from '../storage/sqlite/peer-database.ts';
import { SqliteScanMemory } from '../storage/sqlite/scan-memory.ts';
import { SqliteVerifyStore } from '../storage/sqlite/verify-store.ts';
import { ShareService } from './shares.ts';

const SELF = 'a'.repeat(32);
const OLD = new Date('2020-01-01T00:00:00Z');
const NOTHING = { added: 0, changed: 0, deleted: 0 };

let base: string;
let root: string;
let opened: ReturnType<typeof open>[];

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'peerdex-shares-')));
  root = join(base, 'data');
  mkdirSync(root);
  opened = [];
});
afterEach(async () => {
  for (const one of opened) await one.close();
  rmSync(base, { recursive: true });
});

describe('sharing a folder', () => {
  it('brings files of all kinds of names and depths into the log, and folders that are empty', async () => {
    for (const path of [
      'a.txt',
      'deep/er/Grüße 日本 😀.bin',
      'back\\slash',
      'cafe\u0301',
      'comma, "quote"',
    ]) {
      write(path, `content of ${path}`);
    }
    write('empty file', '');
    mkdirSync(join(root, 'empty folder'));
    symlinkSync('a.txt', join(root, 'link'));
    symlinkSync('/usr', join(root, 'deep/link'));
    execFileSync('mkfifo', [join(root, 'fifo')]);
    writeFileSync(join(root, '.peerdex-mine'), 'x');
    const { shares, entries } = await share();
    assert.deepEqual(live(entries), [
      'data/',
      'data/a.txt',
      'data/back\\slash',
      'data/caf\u00e9',
      'data/comma, "quote"',
      'data/deep/',
      'data/deep/er/',
      'data/deep/er/Grüße 日本 😀.bin',
      'data/empty file',
      'data/empty folder/',
    ]);
    assert.equal(entries.entry(SELF, 'data/a.txt')?.content, contentOf('content of a.txt'));
    const [status] = shares.status();
    assert.deepEqual(
      [status?.name, status?.path, status?.files, status?.state, status?.links, status?.warnings.length],
      ['data', root, 6, 'ready', 2, 1],
    );
    assert.equal(shares.totals().files, 6);
    const [place] = shares.contents.locate(contentOf('content of cafe\u0301'));
    assert.deepEqual([place?.root, place?.relative], [root, 'cafe\u0301']);
    assert.equal(place?.inode, lstatSync(join(root, 'cafe\u0301'), { bigint: true }).ino);
  });

  it('sees what came, changed and went, and nothing else', async () => {
    write('keep', 'keep');
    write('change', 'one');
    write('gone/a', 'a');
    write('gone/sub/b', 'b');
    const { shares, entries } = await share();
    const before = shares.head();
    assert.deepEqual(await counts(shares), NOTHING);
    assert.deepEqual(shares.head(), before);
    const heads: number[] = [];
    shares.onHeadChange(({ seq }) => heads.push(seq));
    write('change', 'two', new Date('2021-01-01'));
    write('new', 'new');
    rmSync(join(root, 'gone'), { recursive: true });
    chmodSync(join(root, 'keep'), 0o755);
    assert.deepEqual(await counts(shares), { added: 1, changed: 2, deleted: 2 });
    assert.deepEqual(live(entries), ['data/', 'data/change', 'data/keep', 'data/new']);
    assert.equal(entries.entry(SELF, 'data/gone/sub/b')?.flag, 0);
    assert.equal(entries.entry(SELF, 'data/keep')?.executable, true);
    assert.equal(entries.entry(SELF, 'data/change')?.content, contentOf('two'));
    assert.equal(heads.at(-1), shares.head().seq);
    assert.equal(shares.head().index, before.index);
  });

  it('takes a file for a folder and back', async () => {
    write('x', 'file');
    const { shares, entries } = await share();
    rmSync(join(root, 'x'));
    write('x/inner', 'inner');
    await shares.rescan();
    assert.deepEqual(live(entries), ['data/', 'data/x/', 'data/x/inner']);
    rmSync(join(root, 'x'), { recursive: true });
    write('x', 'file again');
    await shares.rescan();
    assert.deepEqual(live(entries), ['data/', 'data/x']);
    assert.equal(entries.entry(SELF, 'data/x')?.content, contentOf('file again'));
  });

  it('hashes nothing again after a restart, and recognises what was moved', async () => {
    for (let i = 0; i < 20; i += 1) write(`dir/f${i}`, `content ${i}`);
    const first = await share();
    const stamps = () =>
      first.files
        .below(1, '', 100)
        .map(({ name, stamp }) => [name, stamp])
        .sort();
    const before = stamps();
    const { index, seq } = first.shares.head();
    await first.close();
    const second = start();
    await second.shares.firstPassDone;
    assert.deepEqual(second.shares.head(), { index, seq });
    assert.deepEqual(
      second.files
        .below(1, '', 100)
        .map(({ name, stamp }) => [name, stamp])
        .sort(),
      before,
    );
    renameSync(join(root, 'dir'), join(root, 'moved'));
    renameSync(join(root, 'moved/f0'), join(root, 'renamed'));
    // Behind the scanner's back: who hashed it again would see other bytes.
    write('moved/f7', 'CONTENT 7');
    assert.deepEqual(await counts(second.shares), { added: 20, changed: 0, deleted: 20 });
    assert.equal(second.entries.entry(SELF, 'data/moved/f7')?.content, contentOf('content 7'));
    assert.equal(second.entries.entry(SELF, 'data/renamed')?.content, contentOf('content 0'));
  });

  it('looks again at a file that was hashed right after it was written', async () => {
    const now = new Date();
    write('f', 'aaa', now);
    const { shares, entries } = await share();
    writeFileSync(join(root, 'f'), 'bbb');
    utimesSync(join(root, 'f'), now, now);
    await shares.rescan();
    assert.equal(entries.entry(SELF, 'data/f')?.content, contentOf('bbb'));
  });

  it('keeps what it knows of a folder that is missing or another, and deletes when it is emptied', async () => {
    write('a', 'a');
    write('sub/b', 'b');
    const { shares, entries } = await share();
    const before = live(entries);
    renameSync(root, join(base, 'away'));
    assert.deepEqual(await counts(shares), NOTHING);
    assert.equal(shares.status()[0]?.state, 'unavailable');
    mkdirSync(root);
    assert.deepEqual(await counts(shares), NOTHING);
    assert.equal(shares.status()[0]?.state, 'unavailable');
    assert.match(shares.status()[0]?.warnings[0] ?? '', /another folder/);
    assert.deepEqual(live(entries), before);
    rmSync(root, { recursive: true });
    renameSync(join(base, 'away'), root);
    assert.deepEqual(await counts(shares), NOTHING);
    assert.equal(shares.status()[0]?.state, 'ready');
    rmSync(join(root, 'a'));
    rmSync(join(root, 'sub'), { recursive: true });
    assert.deepEqual(await counts(shares), { added: 0, changed: 0, deleted: 2 });
    renameSync(root, join(base, 'away'));
    mkdirSync(root);
    write('c', 'c');
    await shares.add(root, { accept: true });
    await shares.rescan();
    assert.deepEqual(live(entries), ['data/', 'data/c']);
  });

  it('withdraws what is deleted while a large file is hashed', async () => {
    write('small', 'small');
    const { shares, entries } = await share({ scanSeconds: 0.05 });
    writeFileSync(join(root, 'large'), '');
    truncateSync(join(root, 'large'), 3 * 2 ** 30);
    await until(() => shares.status()[0]?.state === 'hashing');
    rmSync(join(root, 'small'));
    await until(() => entries.entry(SELF, 'data/small')?.flag === 0);
    assert.equal(entries.entry(SELF, 'data/large'), undefined);
    assert.equal(shares.status()[0]?.state, 'hashing');
  });
});

describe('shares', () => {
  it('have unique names, do not nest, and can be given up', async () => {
    write('a', 'a');
    const { shares, entries } = await share();
    const other = join(base, 'other/data');
    mkdirSync(join(other, 'inside'), { recursive: true });
    writeFileSync(join(other, 'b'), 'b');
    assert.equal(await shares.add(other), 'data-2');
    assert.equal(await shares.add(`${other}/`), 'data-2');
    await shares.ready('data-2');
    assert.equal(entries.entry(SELF, 'data-2/b')?.flag, 1);
    await assert.rejects(shares.add(join(other, 'inside')), { code: 'conflict' });
    await assert.rejects(shares.add(base), { code: 'conflict' });
    await assert.rejects(shares.add(join(base, 'none')), { code: 'not-found' });
    await assert.rejects(shares.add(join(root, 'a')), { code: 'not-found' });
    assert.equal(await shares.remove(other), 'data-2');
    assert.deepEqual(live(entries), ['data/', 'data/a']);
    assert.deepEqual(shares.contents.locate(contentOf('b')), []);
    await assert.rejects(shares.remove(other), { code: 'not-found' });
    await shares.add(root, { fixed: true });
    await assert.rejects(shares.remove(root), { code: 'conflict' });
  });

  it('leave nothing behind when they are given up while they are scanned and hashed', async () => {
    for (let i = 0; i < 1500; i += 1) write(`d${i % 7}/f${i}`, `content ${i}`);
    const { shares, entries, files } = start();
    await shares.add(root);
    await until(() => shares.totals().files > 100);
    await shares.remove(root);
    const { seq } = shares.head();
    await shares.rescan();
    assert.deepEqual(live(entries), []);
    assert.deepEqual(files.shares(), []);
    assert.equal(shares.head().seq, seq);
    assert.equal(shares.totals().files, 0);
  });

  it('leave out the data folder, except a share inside it', async () => {
    const data = join(root, 'private');
    mkdirSync(join(data, 'downloads'), { recursive: true });
    writeFileSync(join(data, 'key'), 'secret');
    write('a', 'a');
    const { shares, entries } = start({ exclude: [data] });
    await shares.add(root);
    assert.equal(await shares.add(join(data, 'downloads'), { fixed: true }), 'downloads');
    writeFileSync(join(data, 'downloads/d'), 'd');
    await shares.rescan();
    assert.deepEqual(live(entries), ['data/', 'data/a', 'downloads/', 'downloads/d']);
  });
});

describe('private folders', () => {
  it('are refused: a data folder, what lies in it but for others, one that is reached by a link', async () => {
    const data = join(base, 'own');
    for (const name of ['downloads', 'sample', 'partials', 'mine'])
      mkdirSync(join(data, name), { recursive: true });
    writeFileSync(join(data, 'peer-key.pem'), 'secret');
    symlinkSync(data, join(base, 'by-link'));
    const { shares } = start({ exclude: [join(base, 'by-link')] });
    for (const path of [data, join(base, 'by-link'), join(data, 'partials'), join(data, 'mine')]) {
      await assert.rejects(shares.add(path), { code: 'conflict' }, path);
    }
    await assert.rejects(shares.add(data, { fixed: true }), { code: 'conflict' });
    assert.equal(await shares.add(join(data, 'mine'), { fixed: true }), 'mine');
    assert.equal(await shares.add(join(data, 'sample')), 'sample');
    assert.deepEqual(
      shares
        .status()
        .map(({ name }) => name)
        .sort(),
      ['mine', 'sample'],
    );
  });

  it("are refused and passed over when they are another daemon's, and no key is shared by itself", async () => {
    const other = join(root, 'registry');
    write('registry/network-key.pem', 'secret');
    write('registry/registry.db', 'private');
    write('registry/downloads/d', 'd');
    write('copy/peer-key.pem', 'secret');
    write('copy/notes', 'a folder with a key alone is no data folder');
    const { shares, entries } = await share();
    assert.deepEqual(live(entries), ['data/', 'data/copy/', 'data/copy/notes', 'data/registry/']);
    assert.match(shares.status()[0]!.warnings.join('\n'), /data folder of peerdex/);
    await shares.remove(root);
    await assert.rejects(shares.add(other), { code: 'conflict' });
    await assert.rejects(shares.add(join(other, 'partials')), { code: 'not-found' });
    assert.equal(await shares.add(join(other, 'downloads')), 'downloads');
  });

  it('are given up at the next start when they were shared, and at the next look when keys come', async () => {
    write('a', 'a');
    const first = await share();
    assert.equal(first.shares.totals().files, 1);
    write('peer-key.pem', 'secret');
    write('join-link', 'secret');
    await first.shares.rescan();
    assert.deepEqual(live(first.entries), ['data/']);
    await first.close();
    const second = start();
    await second.shares.firstPassDone;
    assert.deepEqual([live(second.entries), second.files.shares()], [[], []]);
  });
});

describe('files that peerdex wrote', () => {
  it('are in the log at once and not hashed again', async () => {
    const { shares, entries, files } = await share();
    write('new/folder/f', 'fetched', new Date());
    shares.contents.recordWritten(written('new/folder/f', 'fetched'));
    assert.deepEqual(live(entries), ['data/', 'data/new/', 'data/new/folder/', 'data/new/folder/f']);
    const { stamp } = files.get(1, 'new/folder', 'f')!;
    assert.deepEqual(await counts(shares), NOTHING);
    assert.equal(files.get(1, 'new/folder', 'f')?.stamp, stamp);
    assert.equal(shares.contents.locate(contentOf('fetched'))[0]?.relative, 'new/folder/f');
  });

  it('take the place of a folder that was removed, and nothing of it stays in the log', async () => {
    for (let i = 0; i < 120; i += 1) write(`name/deep/${i}`, `file ${i}`);
    const { shares, entries } = await share();
    rmSync(join(root, 'name'), { recursive: true });
    write('name', 'fetched');
    shares.contents.recordWritten(written('name', 'fetched'));
    await until(() => shares.contents.locate(contentOf('fetched')).length === 1);
    assert.deepEqual(live(entries), ['data/', 'data/name']);
    await counts(shares);
    assert.deepEqual(live(entries), ['data/', 'data/name']);
  });

  it('serve from outside the shares while they are unchanged', async () => {
    const { shares } = await share();
    const outside = join(base, 'outside');
    writeFileSync(outside, 'bytes');
    const file = { ...written('x', 'bytes', outside), root: base, relative: 'outside' };
    shares.contents.recordWritten(file);
    const { executable: _, ...place } = file;
    assert.deepEqual(shares.contents.locate(contentOf('bytes')), [place]);
    shares.contents.suspect(file);
    assert.equal((await shares.hashFile(outside)).content, contentOf('bytes'));
    assert.deepEqual(shares.contents.locate(contentOf('bytes')), [place]);
    shares.contents.suspect(file);
    writeFileSync(outside, 'other');
    // The look that the doubt before has begun may have been too early to see it.
    shares.contents.suspect(file);
    await until(() => shares.contents.locate(contentOf('bytes')).length === 0);
  });
});

describe('a file that others doubt', () => {
  it('is withdrawn when it looks different, and comes back as what it is', async () => {
    write('f', 'one');
    const { shares, entries } = await share();
    const [place] = shares.contents.locate(contentOf('one'));
    write('f', 'other', new Date('2022-01-01'));
    shares.contents.suspect(place!);
    await until(() => entries.entry(SELF, 'data/f')?.content === contentOf('other'));
    const flags = entries.page(SELF, 0, 100).filter(({ path }) => path === 'data/f');
    assert.equal(flags[0]?.seq, shares.head().seq);
    assert.deepEqual(shares.contents.locate(contentOf('one')), []);
  });

  it('is hashed again when it looks the same, and deleted when it is gone', async () => {
    write('f', 'one');
    write('g', 'g');
    const { shares, entries } = await share();
    const [f] = shares.contents.locate(contentOf('one'));
    const [g] = shares.contents.locate(contentOf('g'));
    writeFileSync(join(root, 'f'), 'two');
    utimesSync(join(root, 'f'), OLD, OLD);
    rmSync(join(root, 'g'));
    shares.contents.suspect(f!);
    shares.contents.suspect(g!);
    await until(() => entries.entry(SELF, 'data/f')?.content === contentOf('two'));
    await until(() => entries.entry(SELF, 'data/g')?.flag === 0);
  });
});

it('hashes a file by itself, and says why it cannot', async () => {
  write('f', 'bytes');
  const { shares } = await share();
  const hashed = await shares.hashFile(join(root, 'f'));
  assert.deepEqual([hashed.content, hashed.look.size], [contentOf('bytes'), 5]);
  await assert.rejects(shares.hashFile(join(root, 'none')), { code: 'not-found' });
  symlinkSync('f', join(root, 'link'));
  await assert.rejects(shares.hashFile(join(root, 'link')), { code: 'forbidden' });
});

interface Options {
  readonly scanSeconds?: number;
  readonly exclude?: readonly string[];
}

function open(options: Options) {
  const database = join(base, 'peer.db');
  const connection = openPeerDatabase(database);
  const entries = new SqliteEntryStore(connection);
  const files = new SqliteLocalFiles(connection);
  const hashes = new SqliteHashStore(connection, systemClock);
  const shares = new ShareService({
    self: SELF,
    database,
    stores: {
      ...{ entries, files, hashes },
      memory: new SqliteScanMemory(connection),
      verified: new SqliteVerifyStore(connection),
    },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    scanSeconds: 3600,
    stillSeconds: 0,
    ...options,
  });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await shares.stop();
    connection.close();
  };
  return { shares, entries, files, close };
}

function start(options: Options = {}) {
  const one = open(options);
  opened.push(one);
  void one.shares.start();
  return one;
}

async function share(options: Options = {}) {
  const one = open(options);
  opened.push(one);
  await one.shares.add(root);
  await one.shares.start();
  await one.shares.firstPassDone;
  return one;
}

function write(path: string, text: string, time = OLD): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  utimesSync(join(root, path), time, time);
}

function written(relative: string, text: string, at = join(root, relative)) {
  const { dev, ino, mtimeNs, size } = lstatSync(at, { bigint: true });
  const look = { size: Number(size), mtime: mtimeNs, device: dev, inode: ino, executable: false };
  return { content: contentOf(text), root, relative, ...look };
}

function contentOf(text: string): string {
  const bytes = Buffer.from(text);
  const builder = new ManifestBuilder(bytes.length);
  if (bytes.length > 0) builder.add(leafHash(bytes));
  return builder.finish().content;
}

async function counts(shares: ShareService) {
  const { seconds: _, ...changed } = await shares.rescan();
  return changed;
}

const live = (entries: SqliteEntryStore): string[] =>
  entries
    .page(SELF, 0, 10_000)
    .filter(({ flag }) => flag === 1)
    .map(({ path, kind }) => (kind === 'folder' ? `${path}/` : path))
    .sort();

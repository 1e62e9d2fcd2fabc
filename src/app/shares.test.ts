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

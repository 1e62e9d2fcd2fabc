import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openKeyFile } from '../storage/disk/key-file.ts';
import { openDataFolder } from './data-folder.ts';

let root: string;
before(() => {
  root = mkdtempSync(join(tmpdir(), 'peerdex-data-'));
});
after(() => rmSync(root, { recursive: true }));
const mode = (path: string) => statSync(path).mode & 0o777;

test('a data folder is made for this user only and told to clients', () => {
  const folder = openDataFolder(join(root, 'a/b'), 'peer');
  assert.equal(mode(folder.path), 0o700);
  const daemon = { pid: process.pid, token: 'x' };
  folder.writeDaemonFile(daemon);
  const file = join(folder.path, 'daemon.json');
  assert.equal(mode(file), 0o600);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), daemon);
  folder.removeDaemonFile();
  assert.ok(!existsSync(file));
  folder.release();
});

test('a second one on the same folder is refused until the first lets go', () => {
  const dir = join(root, 'twice');
  const first = openDataFolder(dir, 'peer');
  first.writeDaemonFile({ pid: 4242 });
  assert.throws(() => openDataFolder(dir, 'peer'), {
    code: 'conflict',
    message: /\(process 4242\) already runs on/,
  });
  assert.ok(existsSync(join(dir, 'daemon.json')), 'the refused one leaves the file of the first');
  first.release();
  openDataFolder(dir, 'peer').release();
});

test('a lock left by SIGKILL is no lock', async () => {
  const dir = join(root, 'killed');
  const source = new URL('./data-folder.ts', import.meta.url).href;
  const script = `const { openDataFolder } = await import(${JSON.stringify(source)});
    // Held: a folder that is collected lets its lock go.
    globalThis.held = openDataFolder(${JSON.stringify(dir)}, 'peer');
    held.writeDaemonFile({ pid: process.pid }); console.log('locked'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  assert.throws(() => openDataFolder(dir, 'peer'), { code: 'conflict' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const folder = openDataFolder(dir, 'peer');
  assert.ok(!existsSync(join(dir, 'daemon.json')), 'the file of the killed one is gone');
  folder.release();
});

test('the file of another process that runs stays, even where its lock is lost', () => {
  const folder = openDataFolder(join(root, 'lost'), 'peer');
  const file = join(folder.path, 'daemon.json');
  folder.writeDaemonFile({ pid: process.ppid });
  folder.removeDaemonFile();
  folder.release();
  openDataFolder(folder.path, 'peer').release();
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { pid: process.ppid });
});

test('a folder that cannot be is said in one sentence', () => {
  writeFileSync(join(root, 'file'), '');
  assert.throws(() => openDataFolder(join(root, 'file'), 'peer'), {
    code: 'failed',
    message: /a file stands in its place/,
  });
  assert.throws(() => openDataFolder(join(root, 'file/below'), 'peer'), {
    code: 'failed',
    message: /a file stands in its place/,
  });
});

test('a key is made once, for this user only, and a broken one is left alone', () => {
  const file = join(root, 'key.pem');
  const made = openKeyFile(file);
  assert.match(made.id, /^[0-9a-f]{32}$/);
  assert.equal(mode(file), 0o600);
  assert.deepEqual([openKeyFile(file).id, openKeyFile(file).pem], [made.id, made.pem]);
  writeFileSync(file, 'nonsense');
  assert.throws(() => openKeyFile(file), { code: 'failed', message: /cannot be used/ });
  assert.equal(readFileSync(file, 'utf8'), 'nonsense');
});

import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { socketPath } from './socket-path.ts';

const posixOnly = { skip: process.platform === 'win32' && 'there are no Unix sockets on Windows' };
const far = `/${'d'.repeat(200)}`;

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'pdx-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the socket lies in the data folder, and what was left there is removed', posixOnly, () => {
  inFolder((data) => {
    writeFileSync(join(data, 'daemon.sock'), 'left');
    assert.equal(socketPath(data), join(data, 'daemon.sock'));
    assert.ok(!existsSync(join(data, 'daemon.sock')));
  });
});

test('a data folder with a long path has its socket in a folder of this user alone', posixOnly, () => {
  inFolder((temporary) => {
    const path = socketPath(far, temporary)!;
    assert.ok(Buffer.byteLength(path) <= 103);
    assert.notEqual(path, socketPath(`${far}/other`, temporary));
    const [own] = readdirSync(temporary);
    assert.equal(statSync(join(temporary, own!)).mode & 0o777, 0o700);
  });
});

test('a folder that others may write, or a link in its place, is not trusted', posixOnly, () => {
  inFolder((temporary) => {
    socketPath(far, temporary);
    const own = join(temporary, readdirSync(temporary)[0]!);
    chmodSync(own, 0o777);
    assert.throws(() => socketPath(far, temporary), { code: 'conflict' });
    rmSync(own, { recursive: true });
    symlinkSync('/', own);
    assert.throws(() => socketPath(far, temporary), { code: 'conflict' });
  });
});

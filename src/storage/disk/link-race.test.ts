import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PeerdexError } from '../../core/errors.ts';
import type { LocalFile } from '../../core/ports/local-contents.ts';
import { contentFiles } from './content-files.ts';
import { FolderWalker } from './folder-walker.ts';
import { IgnoreRules } from './ignore-rules.ts';
import { openBelow } from './safe-open.ts';

const INSIDE = 'inside the share';
const SECRET = 'outside of share';
const ENOUGH = 100;

/** As fast as it can: the folder `a/b` is itself, nothing, a link that leads out of the share, nothing, itself. */
const SWAP = `
  const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
  const [, folder, outside] = process.argv;
  console.log('swapping');
  for (;;) {
    renameSync(folder, folder + '-aside');
    symlinkSync(outside, folder);
    unlinkSync(folder);
    renameSync(folder + '-aside', folder);
  }`;

describe('a folder of a share that is swapped for a link while it is used', () => {
  let base: string;
  let root: string;
  let outside: string;
  let swapper: ChildProcess;
  let file: LocalFile;

  before(async () => {
    base = mkdtempSync(join(tmpdir(), 'peerdex-race-'));
    root = join(base, 'share');
    outside = join(base, 'outside');
    mkdirSync(join(root, 'a/b'), { recursive: true });
    mkdirSync(outside);
    // Size and time are the same, so that only the way there tells them apart.
    for (const [path, text] of [
      [join(root, 'a/b/file'), INSIDE],
      [join(outside, 'file'), SECRET],
    ] as const) {
      writeFileSync(path, text);
      utimesSync(path, 1_700_000_000, 1_700_000_000);
    }
    const look = await lstat(join(root, 'a/b/file'), { bigint: true });
    const { size, mtimeNs: mtime, dev: device, ino: inode } = look;
    file = { content: 'ab'.repeat(32), root, relative: 'a/b/file', size: Number(size), mtime, device, inode };
    swapper = spawn(process.execPath, ['-e', SWAP, join(root, 'a/b'), outside], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(swapper.stdout!, 'data');
  });
  after(async () => {
    if (swapper.exitCode === null) {
      const gone = once(swapper, 'exit');
      swapper.kill('SIGKILL');
      await gone;
    }
    rmSync(base, { recursive: true });
  });

  it('gives no byte of what lies behind the link', async () => {
    const refused = await untilBothHappened(async () => {
      const open = await contentFiles.open(file);
      try {
        const buffer = Buffer.alloc(file.size);
        await open.read([buffer], 0);
        assert.equal(buffer.toString(), INSIDE);
      } finally {
        await open.close();
      }
    });
    assert.ok(refused.has('forbidden'), `a link was met: ${[...refused].join(' ')}`);
  });

  it('lists nothing of what lies behind the link', async () => {
    writeFileSync(join(outside, 'only outside'), '');
    const walker = new FolderWalker(root);
    await untilBothHappened(async () => {
      const { items, complete } = listOf(walker, 'a/b');
      assert.ok(!items.some(({ name }) => name === 'only outside'), 'a listing of the outside');
      if (!complete) throw new PeerdexError('not-found', 'no folder there');
    });
  });

  it('lets nothing be written behind the link', async () => {
    let n = 0;
    await untilBothHappened(async () => {
      n += 1;
      const handle = await openBelow(
        root,
        `a/b/written-${n}`,
        constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
      );
      await handle.close();
    });
    assert.deepEqual(
      readdirSync(outside).filter((name) => name.startsWith('written-')),
      [],
    );
  });
});

/** Tries until it has succeeded and was refused often enough, and gives the codes of the refusals. */
async function untilBothHappened(attempt: () => Promise<void>): Promise<ReadonlySet<string>> {
  const codes = new Set<string>();
  const deadline = performance.now() + 60_000;
  for (let good = 0, refused = 0; good < ENOUGH || refused < ENOUGH; ) {
    assert.ok(performance.now() < deadline, `${good} times it stood there, ${refused} times it did not`);
    try {
      await attempt();
      good += 1;
    } catch (error) {
      if (!(error instanceof PeerdexError)) throw error;
      codes.add(error.code);
      refused += 1;
    }
  }
  return codes;
}

function listOf(walker: FolderWalker, relative: string) {
  const visit = walker.enter(relative, IgnoreRules.NONE);
  try {
    return visit.list();
  } finally {
    visit.close();
  }
}

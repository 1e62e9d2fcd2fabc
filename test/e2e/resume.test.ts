import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { CsvRow, JobsAnswer } from '../harness/answers.ts';
import { BackgroundGet } from '../harness/background-get.ts';
import { eventually } from '../harness/eventually.ts';
import { hashFile, makeFile } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';

const MIB = 2 ** 20;
const SIZE = 192 * MIB;
const RATE = 32 * MIB;
/** What was in flight or written within the last half second when the process was killed, and may be asked for again. */
const LOST_AT_MOST = RATE * 0.75 + 4 * MIB;
/** Hashes, frame headers, index and hellos. */
const OVERHEAD = 2 * MIB;

describe('a download whose daemon is killed', () => {
  it('goes on after the restart without asking for what it has, and without hashing it again', async () => {
    await using network = await ProcessNetwork.start();
    const file = await makeFile(network.folder.join('big/image.bin'), SIZE);
    const alice = await network.peer('alice', { shares: [network.folder.join('big')], proxy: true });
    const bob = await network.peer('bob', { proxy: true, args: ['--down-limit', `${RATE}B/s`] });
    const downloads = path.join(bob.data, 'downloads');
    const destination = path.join(downloads, 'image.bin');
    const moved = () => alice.proxy.total + bob.proxy.total;

    const get = await BackgroundGet.start(bob, ['image.bin']);
    const { bytes: had } = await get.reaches(100 * MIB);
    assert.equal(existsSync(destination), false, 'nothing stands under the name before it is whole');
    const rows = (await bob.run(['csv', '--json'])).stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as CsvRow);
    assert.deepEqual(
      rows.filter(({ peer }) => peer === bob.id),
      [],
      'a partial is in no index',
    );
    await bob.daemon.kill('SIGKILL');
    const killed = performance.now();
    const client = await get.result();
    assert.equal(client.code, 4, client.stderr);
    assert.ok(performance.now() - killed < 5000, 'the client notices within 5 s');
    assert.equal(existsSync(destination), false);
    const partials = await Promise.all(
      (await readdir(downloads)).map((name) => stat(path.join(downloads, name))),
    );
    assert.ok(
      partials.some((partial) => partial.blocks * 512 >= had - LOST_AT_MOST),
      'the partial lies beside the destination',
    );

    const before = moved();
    await bob.daemon.restart();
    await eventually(() => existsSync(destination), { timeout: 30_000 });
    assert.equal(await hashFile(destination), await hashFile(file));
    const asked = moved() - before;
    const missing = SIZE - had;
    assert.ok(
      asked <= missing + LOST_AT_MOST + OVERHEAD,
      `${asked} bytes came after the restart, ${missing} were missing`,
    );
    const { bytesRead } = bob.daemon.stats;
    assert.ok(
      bytesRead < missing + LOST_AT_MOST + 48 * MIB,
      `read ${bytesRead} bytes for ${missing} that were missing: it hashed again`,
    );
    assert.deepEqual(
      (await readdir(downloads)).filter((name) => name.startsWith('.')),
      [],
      'no partial is left',
    );
    const { jobs } = await bob.ask<JobsAnswer>(['jobs']);
    assert.equal(jobs.at(-1)?.state, 'done');
  });

  it('ends up right however often it is killed', async () => {
    await using network = await ProcessNetwork.start();
    const size = 48 * MIB + 12_345;
    const file = await makeFile(network.folder.join('big/often.bin'), size, 3);
    const alice = await network.peer('alice', { shares: [network.folder.join('big')], proxy: true });
    const bob = await network.peer('bob', { proxy: true, args: ['--down-limit', `${12 * MIB}B/s`] });
    const destination = path.join(bob.data, 'downloads/often.bin');
    const get = await BackgroundGet.start(bob, ['often.bin']);
    for (const reached of [1, 8, 16, 24]) {
      await get.reaches(reached * MIB);
      await bob.daemon.kill('SIGKILL');
      await bob.daemon.restart();
    }
    await eventually(() => existsSync(destination), { timeout: 30_000 });
    assert.equal(await hashFile(destination), await hashFile(file));
    const moved = alice.proxy.total + bob.proxy.total;
    assert.ok(moved <= size + 4 * (12 * MIB * 0.75 + 4 * MIB) + OVERHEAD, `${moved} bytes moved for ${size}`);
  });

  it('a stop by SIGTERM loses nothing', async () => {
    await using network = await ProcessNetwork.start();
    const size = 32 * MIB;
    const file = await makeFile(network.folder.join('big/polite.bin'), size, 4);
    const alice = await network.peer('alice', { shares: [network.folder.join('big')], proxy: true });
    const bob = await network.peer('bob', { proxy: true, args: ['--down-limit', `${8 * MIB}B/s`] });
    const destination = path.join(bob.data, 'downloads/polite.bin');
    const get = await BackgroundGet.start(bob, ['polite.bin']);
    await get.reaches(12 * MIB);
    assert.equal(await bob.daemon.kill('SIGTERM'), 0);
    assert.equal((await get.result()).code, 4);
    await bob.daemon.restart();
    await eventually(() => existsSync(destination), { timeout: 30_000 });
    assert.equal(await hashFile(destination), await hashFile(file));
    const moved = alice.proxy.total + bob.proxy.total;
    assert.ok(moved <= size + 6 * MIB, `${moved} bytes moved for ${size}`);
  });
});

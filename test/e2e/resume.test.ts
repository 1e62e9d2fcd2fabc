import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CsvRow, JobsAnswer } from '../harness/answers.ts';
import { BackgroundGet } from '../harness/background-get.ts';
import { eventually } from '../harness/eventually.ts';
import { hashFile, makeFile } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

const MIB = 2 ** 20;
const SIZE = 192 * MIB;
const RATE = 32 * MIB;
/** What was in flight or written within the last half second when the process was killed, and may be asked for again. */
const LOST_AT_MOST = RATE * 0.75 + 4 * MIB;
/** Hashes, frame headers, index and hellos. */
const OVERHEAD = 2 * MIB;

const OFTEN = 48 * MIB + 12_345;
const POLITE = 32 * MIB;

describe('a download whose daemon is killed', () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;

  before(async () => {
    network = await ProcessNetwork.start();
    const shared = network.folder.join('big');
    await makeFile(path.join(shared, 'image.bin'), SIZE);
    await makeFile(path.join(shared, 'often.bin'), OFTEN, 3);
    await makeFile(path.join(shared, 'polite.bin'), POLITE, 4);
    alice = await network.peer('alice', { shares: [shared], proxy: true });
  });
  after(() => network[Symbol.asyncDispose]());

  const sharedHash = (name: string) => hashFile(network.folder.join('big', name));

  it('goes on after the restart without asking for what it has, and without hashing it again', async () => {
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
    await eventually(() => existsSync(destination));
    assert.equal(await hashFile(destination), await sharedHash('image.bin'));
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
    const bob = await network.peer('carol', { proxy: true, args: ['--down-limit', `${12 * MIB}B/s`] });
    const before = alice.proxy.total;
    const destination = path.join(bob.data, 'downloads/often.bin');
    const get = await BackgroundGet.start(bob, ['often.bin']);
    for (const reached of [1, 8, 16, 24]) {
      await get.reaches(reached * MIB);
      await bob.daemon.kill('SIGKILL');
      await bob.daemon.restart();
    }
    await eventually(() => existsSync(destination));
    assert.equal(await hashFile(destination), await sharedHash('often.bin'));
    const moved = alice.proxy.total - before + bob.proxy.total;
    assert.ok(
      moved <= OFTEN + 4 * (12 * MIB * 0.75 + 4 * MIB) + OVERHEAD,
      `${moved} bytes moved for ${OFTEN}`,
    );
  });

  it('a stop by SIGTERM loses nothing', async () => {
    const bob = await network.peer('dave', { proxy: true, args: ['--down-limit', `${8 * MIB}B/s`] });
    const before = alice.proxy.total;
    const destination = path.join(bob.data, 'downloads/polite.bin');
    const get = await BackgroundGet.start(bob, ['polite.bin']);
    await get.reaches(12 * MIB);
    assert.equal(await bob.daemon.kill('SIGTERM'), 0);
    assert.equal((await get.result()).code, 4);
    await bob.daemon.restart();
    await eventually(() => existsSync(destination));
    assert.equal(await hashFile(destination), await sharedHash('polite.bin'));
    const moved = alice.proxy.total - before + bob.proxy.total;
    assert.ok(moved <= POLITE + 6 * MIB, `${moved} bytes moved for ${POLITE}`);
  });
});

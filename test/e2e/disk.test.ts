import assert from 'node:assert/strict';
import { chmod, readdir, stat, statfs, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FindAnswer, JobsAnswer, Status } from '../harness/answers.ts';
import { BackgroundGet } from '../harness/background-get.ts';
import { eventually } from '../harness/eventually.ts';
import { hashFile, makeFile } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { readOnlyView, skipWithoutMounts, tmpfs } from '../harness/tmpfs.ts';

const MIB = 2 ** 20;
const isRoot = process.getuid?.() === 0;

/** One network for all: alice shares, and each test has a peer of its own that fetches. */
let network: ProcessNetwork;
let alice: PeerProcess;
let file: string;

before(async () => {
  network = await ProcessNetwork.start();
  file = await makeFile(network.folder.join('big/big.bin'), 24 * MIB);
  await makeFile(network.folder.join('big/first.bin'), 20 * MIB, 1);
  await makeFile(network.folder.join('big/second.bin'), 20 * MIB, 2);
  await makeFile(network.folder.join('big/a.bin'), 1000);
  alice = await network.peer('alice', { shares: [network.folder.join('big')], scanInterval: 3600 });
});
after(() => network[Symbol.asyncDispose]());

describe('a disk that is full', { skip: skipWithoutMounts }, () => {
  it('is said before the job starts, and nothing is written', async () => {
    await using _small = await tmpfs(network.folder.join('small-1'), 8 * MIB);
    const bob = await network.peer('bob-1', { args: ['--downloads', network.folder.join('small-1')] });
    const got = await bob.get(['big.bin']);
    assert.equal(got.code, 1, got.stderr);
    assert.equal(got.failed[0]?.code, 'no-space');
    assert.match(got.failed[0]?.reason ?? '', /\d/, 'the reason has figures');
    const { blocks, bfree } = await statfs(network.folder.join('small-1'));
    assert.ok(blocks - bfree <= 4, 'the disk is as empty as before');
    await bob.daemon[Symbol.asyncDispose]();
  });

  it('counts what other jobs still need', async () => {
    await using _small = await tmpfs(network.folder.join('small-2'), 32 * MIB);
    const bob = await network.peer('bob-2', {
      args: ['--downloads', network.folder.join('small-2'), '--down-limit', `${4 * MIB}B/s`],
    });
    const first = await BackgroundGet.start(bob, ['first.bin']);
    await first.reaches(1);
    const second = await bob.get(['second.bin']);
    assert.equal(second.failed[0]?.code, 'no-space', JSON.stringify(second.events));
    (await first.result()).one();
    await bob.daemon[Symbol.asyncDispose]();
  });

  it('in mid-transfer stops the job with the reason; with room again it goes on', async () => {
    const small = network.folder.join('small-3');
    await using _small = await tmpfs(small, 32 * MIB);
    const bob = await network.peer('bob-3', {
      args: ['--downloads', small, '--down-limit', `${4 * MIB}B/s`],
    });
    const get = await BackgroundGet.start(bob, ['big.bin']);
    await get.reaches(4 * MIB);
    const filler = path.join(small, 'filler.bin');
    await assert.rejects(writeFile(filler, Buffer.alloc(32 * MIB, 1)), { code: 'ENOSPC' });
    const stopped = await eventually(async () => {
      const job = await get.job();
      return job.state !== 'running' && /space|full/i.test(job.reason ?? '') && job;
    });
    assert.ok(['failed', 'waiting', 'paused'].includes(stopped.state), stopped.state);
    await assert.rejects(stat(path.join(small, 'big.bin')));
    await unlink(filler);
    const { state } = await get.job();
    if (state === 'failed' || state === 'paused') await bob.ask(['resume', stopped.id]);
    await eventually(async () => (await stat(path.join(small, 'big.bin'))).size === 24 * MIB);
    assert.equal(await hashFile(path.join(small, 'big.bin')), await hashFile(file));
    await get.result();
    await bob.daemon[Symbol.asyncDispose]();
  });
});

describe('a disk that is full and holds the data folder', { skip: skipWithoutMounts }, () => {
  it('ends no daemon: the job fails with the reason, and goes on when there is room', async () => {
    const data = network.folder.join('bob-4-data');
    await using _data = await tmpfs(data, 48 * MIB);
    const bob = await network.peer('bob-4', { data, args: ['--down-limit', `${4 * MIB}B/s`] });
    const get = await BackgroundGet.start(bob, ['big.bin']);
    await get.reaches(4 * MIB);
    const filler = path.join(data, 'filler.bin');
    await assert.rejects(writeFile(filler, Buffer.alloc(48 * MIB, 1)), { code: 'ENOSPC' });
    const result = await get.result();
    assert.equal(result.failed[0]?.code, 'no-space', JSON.stringify(result.events.at(-1)));
    const job = await get.job();
    assert.equal(job.state, 'failed', 'it is told so, written down or not');
    assert.match(job.reason ?? '', /full/);
    const other = await bob.get(['big.bin', '-o', network.folder.join('elsewhere.bin')]);
    assert.notEqual(other.code, 0, 'a new job cannot be written down');
    assert.equal(other.failed[0]?.code, 'no-space', JSON.stringify(other.events));

    await unlink(filler);
    await bob.ask(['resume', job.id]);
    const whole = path.join(data, 'downloads/big.bin');
    await eventually(async () => (await get.job()).state === 'done');
    assert.equal(await hashFile(whole), await hashFile(file));
    assert.equal((await bob.ask<Status>(['status'])).peer.name, 'bob-4');
    await bob.daemon[Symbol.asyncDispose]();
  });
});

describe('a drive that is pulled', { skip: skipWithoutMounts }, () => {
  it('is no deletion of the files that somebody asks for', async () => {
    const drive = network.folder.join('drive');
    const plugged = await tmpfs(drive, 8 * MIB);
    await using _plugged = plugged;
    await makeFile(path.join(drive, 'on the drive.bin'), MIB);
    await makeFile(network.folder.join('later/later.bin'), 10);
    await alice.ask(['share', drive]);
    const bob = await network.peer('bob-5');
    await plugged[Symbol.asyncDispose]();
    const got = await bob.get(['on the drive.bin']);
    assert.equal(got.code, 1, JSON.stringify(got.events));
    // What comes later in her log is known: so is all before it.
    await alice.ask(['share', network.folder.join('later')]);
    await eventually(async () => (await bob.find('later')).total === 1);
    assert.equal((await bob.ask<FindAnswer>(['find', 'drive'])).total, 1, 'the file is still hers');
  });
});

describe('a folder that may not be written', () => {
  it('makes a get fail with a sentence that names it', async () => {
    const target = await network.makeFolder('target');
    const locked = network.folder.join('locked');
    // Root may write everywhere except where the mount says no.
    await using _view = isRoot && !skipWithoutMounts ? await readOnlyView(target, locked) : undefined;
    const destination = _view ? locked : target;
    if (!_view) await chmod(target, 0o555);
    const bob = await network.peer('bob-6');
    const got = await bob.get(['a.bin', '-o', `${destination}/`]);
    assert.equal(got.code, 1, got.stderr);
    assert.ok(got.failed[0]?.reason.includes(destination), JSON.stringify(got.failed));
    assert.match(got.failed[0]?.reason ?? '', /permission|read-only|may not|cannot/i);
    assert.deepEqual(await readdir(target), []);
    const { jobs } = await bob.ask<JobsAnswer>(['jobs']);
    assert.ok(jobs.every(({ state }) => state !== 'running' && state !== 'waiting'));
    assert.equal((await bob.ask<Status>(['status'])).peer.name, 'bob-6', 'the daemon lives on');
  });
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { BackgroundGet } from '../harness/background-get.ts';
import { eventually } from '../harness/eventually.ts';
import { hashFile, makeFile } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

const MIB = 2 ** 20;
const SIZE = 24 * MIB;

describe('jobs', () => {
  let network: ProcessNetwork;
  let bob: PeerProcess;
  let file: string;
  let out: string;
  let rounds = 0;

  before(async () => {
    network = await ProcessNetwork.start();
    file = await makeFile(network.folder.join('big/long.bin'), SIZE);
    await makeFile(network.folder.join('big/short.bin'), 5, 2);
    await network.peer('alice', { shares: [network.folder.join('big')] });
    bob = await network.peer('bob', { args: ['--down-limit', `${4 * MIB}B/s`] });
  });
  after(() => network[Symbol.asyncDispose]());
  beforeEach(async () => {
    rounds += 1;
    out = await network.makeFolder('out', String(rounds));
  });
  // What lies here is copied, and a copy knows no limit.
  afterEach(() => rm(out, { recursive: true, force: true }));

  const jobOf = async (id: string) => {
    const job = (await bob.client.jobs()).jobs.find((one) => one.id === id);
    assert.ok(job, `job ${id} is listed`);
    return job;
  };

  it('are listed with their state, and done in the end', async () => {
    const done = (await bob.get(['short.bin', '-o', `${out}/`])).one();
    const job = await jobOf(done.job);
    assert.deepEqual(
      [job.what, job.state, job.bytes, job.size, job.reason],
      ['short.bin', 'done', 5, 5, null],
    );
    assert.equal((await bob.run(['pause', done.job])).code, 1, 'what is done cannot be paused');
    assert.equal((await bob.run(['pause', 'zzzz'])).code, 3);
  });

  it('pause stops the bytes, resume goes on where it stopped', async () => {
    const get = await BackgroundGet.start(bob, ['long.bin', '-o', `${out}/`]);
    const { id, bytes: had } = await get.reaches(4 * MIB);
    await bob.ask(['pause', id]);
    const paused = await eventually(async () => (await jobOf(id)).state === 'paused' && (await jobOf(id)));
    assert.ok(paused.bytes >= had);
    await bob.ask(['limit', '--down', 'unlimited']);
    assert.equal((await jobOf(id)).bytes, paused.bytes, 'nothing comes while it is paused');
    const resumed = await bob.ask<{ bytes: number }>(['resume', id]);
    assert.ok(resumed.bytes >= paused.bytes, `${resumed.bytes} of ${paused.bytes}`);
    await eventually(() => existsSync(path.join(out, 'long.bin')));
    assert.equal(await hashFile(path.join(out, 'long.bin')), await hashFile(file));
    await bob.ask(['limit', '--down', '4MiB/s']);
    await get.result();
  });

  it('cancel ends a job and leaves nothing', async () => {
    const get = await BackgroundGet.start(bob, ['long.bin', '-o', `${out}/`]);
    const { id } = await get.reaches(MIB);
    await bob.ask(['cancel', id]);
    assert.notEqual((await get.result(10_000)).code, 0);
    await eventually(async () => (await jobOf(id)).state === 'cancelled');
    await eventually(async () => (await readdir(out)).length === 0);
    assert.notEqual((await bob.run(['resume', id])).code, 0);
  });

  it('Ctrl-C pauses the job and says how to go on', async () => {
    const get = await BackgroundGet.start(bob, ['long.bin', '-o', `${out}/`]);
    const { id } = await get.reaches(MIB);
    get.child.kill('SIGINT');
    const { code, stderr } = await get.result(10_000);
    assert.equal(code, 130, stderr);
    assert.ok(stderr.includes(`resume ${id}`) && stderr.includes(`cancel ${id}`), stderr);
    assert.equal((await jobOf(id)).state, 'paused');
    await bob.ask(['cancel', id]);
  });

  it('a killed client leaves the job running', async () => {
    const get = await BackgroundGet.start(bob, ['long.bin', '-o', `${out}/`]);
    const { id, bytes } = await get.reaches(MIB);
    get.child.kill('SIGKILL');
    await eventually(async () => (await jobOf(id)).bytes > bytes + 2 * MIB);
    assert.equal((await jobOf(id)).state, 'running');
    await bob.ask(['cancel', id]);
  });

  it('two of one content fetch it once', async () => {
    await bob.ask(['limit', '--down', 'unlimited']);
    const both = await Promise.all([
      bob.get(['long.bin', '-o', `${out}/one/`]),
      bob.get(['long.bin', '-o', `${out}/two/`]),
    ]);
    const fetched = both.map((get) => get.one());
    assert.ok(
      fetched.reduce((sum, { sources }) => sum + sources.reduce((all, { bytes }) => all + bytes, 0), 0) <=
        SIZE * 1.05,
      JSON.stringify(fetched),
    );
    for (const { path: at } of fetched) assert.equal(await hashFile(at), await hashFile(file));
  });

  it('the daemon killed in a get: the client exits 4 within 5 s and the job goes on later', async () => {
    await bob.ask(['limit', '--down', '4MiB/s']);
    const get = await BackgroundGet.start(bob, ['long.bin', '-o', `${out}/`]);
    await get.reaches(MIB);
    await bob.daemon.kill('SIGKILL');
    const killed = performance.now();
    const { code, stderr } = await get.result(10_000);
    assert.equal(code, 4, stderr);
    assert.ok(performance.now() - killed < 5000);
    await bob.daemon.restart();
    await eventually(() => existsSync(path.join(out, 'long.bin')));
    assert.equal(await hashFile(path.join(out, 'long.bin')), await hashFile(file));
  });

  it('a daemon that hangs is noticed too', async () => {
    const get = await BackgroundGet.start(bob, ['long.bin', '-o', `${out}/`]);
    const { id } = await get.reaches(MIB);
    bob.daemon.signal('SIGSTOP');
    const stopped = performance.now();
    const { code, stderr } = await get.result(15_000);
    bob.daemon.signal('SIGCONT');
    assert.equal(code, 4, stderr);
    assert.ok(performance.now() - stopped < 8000);
    await bob.ask(['cancel', id]);
  });
});

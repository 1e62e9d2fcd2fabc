import assert from 'node:assert/strict';
import { open, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { FindAnswer } from '../harness/answers.ts';
import { BackgroundGet } from '../harness/background-get.ts';
import { eventually } from '../harness/eventually.ts';
import { hashFile, makeFile } from '../harness/files.ts';
import { type PeerOptions, type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

const MIB = 2 ** 20;
const SIZE = 40 * MIB;
const SLOW = ['--up-limit', `${8 * MIB}B/s`];

interface Holder extends PeerProcess {
  readonly file: string;
}

/** A network in which several peers share the same file under their own folder's name. */
async function holdersOf(
  network: ProcessNetwork,
  names: readonly string[],
  options: PeerOptions = {},
): Promise<Holder[]> {
  return Promise.all(
    names.map(async (name) => {
      const folder = network.folder.join(`${name}-files`);
      const file = await makeFile(path.join(folder, 'film.bin'), SIZE, 9);
      const peer = await network.peer(name, { shares: [folder], proxy: true, args: SLOW, ...options });
      return Object.assign(peer, { file });
    }),
  );
}

async function overwriteMiddle(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(SIZE / 2, 0x5a), 0, SIZE / 2, SIZE / 4);
}

const expected = async (network: ProcessNetwork) =>
  hashFile(await makeFile(network.folder.join('expected'), SIZE, 9));

describe('a file of several holders', () => {
  it('comes from all of them at once', async () => {
    await using network = await ProcessNetwork.start();
    const holders = await holdersOf(network, ['alice', 'carol', 'dave']);
    const bob = await network.peer('bob');
    const done = (await bob.get(['film.bin'])).one();
    assert.deepEqual(done.sources.map(({ peer }) => peer).sort(), holders.map(({ id }) => id).sort());
    assert.equal(
      done.sources.reduce((sum, { bytes }) => sum + bytes, 0),
      SIZE,
    );
    assert.ok(
      done.sources.every(({ bytes }) => bytes > SIZE / 10),
      JSON.stringify(done.sources),
    );
    assert.equal(await hashFile(done.path), await expected(network));
  });

  it('comes although one is dead and still listed', async () => {
    await using network = await ProcessNetwork.start();
    const [alice, carol] = (await holdersOf(network, ['alice', 'carol'])) as [Holder, Holder];
    const bob = await network.peer('bob');
    await carol.daemon.kill('SIGKILL');
    const done = (await bob.get(['film.bin'])).one();
    assert.deepEqual(
      done.sources.map(({ peer }) => peer),
      [alice.id],
    );
  });

  it('comes although one stalls in mid-transfer, whose requests go to others after 10 s', async () => {
    await using network = await ProcessNetwork.start();
    const [alice, carol] = (await holdersOf(network, ['alice', 'carol'])) as [Holder, Holder];
    const bob = await network.peer('bob', { proxy: true });
    const get = await BackgroundGet.start(bob, ['film.bin']);
    await get.reaches(4 * MIB);
    carol.proxy.stall();
    const result = await get.result(40_000);
    const done = result.one();
    assert.ok(done.sources.some(({ peer, bytes }) => peer === alice.id && bytes > SIZE / 2));
    assert.ok(result.seconds < 30, `took ${result.seconds} s`);
    assert.equal(await hashFile(done.path), await expected(network));
    carol.proxy.flow();
  });

  it('comes although one dies in mid-transfer', async () => {
    await using network = await ProcessNetwork.start();
    const [alice, carol] = (await holdersOf(network, ['alice', 'carol'])) as [Holder, Holder];
    const bob = await network.peer('bob');
    const get = await BackgroundGet.start(bob, ['film.bin']);
    await get.reaches(4 * MIB);
    await carol.daemon.kill('SIGKILL');
    const result = await get.result(40_000);
    assert.ok(result.one().sources.some(({ peer }) => peer === alice.id));
    assert.ok(result.seconds < 20, `took ${result.seconds} s`);
    assert.equal(await hashFile(result.one().path), await expected(network));
  });

  it('comes right although one sends wrong bytes, which is dropped', async () => {
    await using network = await ProcessNetwork.start(['--plaintext']); // over TLS a wire that lies only breaks connections
    const [alice, carol] = (await holdersOf(network, ['alice', 'carol'])) as [Holder, Holder];
    const bob = await network.peer('bob');
    carol.proxy.corruptData(MIB);
    const done = (await bob.get(['film.bin'])).one();
    assert.equal(await hashFile(done.path), await expected(network));
    const bytesOf = (id: string) => done.sources.find(({ peer }) => peer === id)?.bytes ?? 0;
    assert.ok(bytesOf(carol.id) < 8 * MIB, `the liar gave ${bytesOf(carol.id)} before it was dropped`);
    assert.ok(bytesOf(alice.id) > SIZE - 8 * MIB);
  });

  it('waits and says why when its only holder goes, and ends when that comes back', async () => {
    await using network = await ProcessNetwork.start();
    const [alice] = (await holdersOf(network, ['alice'])) as [Holder];
    const bob = await network.peer('bob');
    const get = await BackgroundGet.start(bob, ['film.bin']);
    await get.reaches(4 * MIB);
    await alice.daemon.kill('SIGKILL');
    const stuck = await eventually(
      async () => {
        const job = await get.job();
        return (job.state === 'waiting' || job.state === 'failed') && job;
      },
      { timeout: 20_000 },
    );
    assert.match(stuck.reason ?? '', /alice/, 'the reason names the holder');
    assert.equal(stuck.state, 'waiting');
    await alice.daemon.restart();
    const done = (await get.result(40_000)).one();
    assert.equal(await hashFile(done.path), await expected(network));
  });
});

describe('a holder whose file is not what it was', () => {
  it('refuses a file that changed under it, and the other holder gives it', async () => {
    await using network = await ProcessNetwork.start();
    const [alice, carol] = (await holdersOf(network, ['alice', 'carol'], { scanInterval: 3600 })) as [
      Holder,
      Holder,
    ];
    const bob = await network.peer('bob', { scanInterval: 3600 });
    const get = await BackgroundGet.start(bob, ['film.bin']);
    await get.reaches(4 * MIB);
    await overwriteMiddle(carol.file);
    const done = (await get.result(40_000)).one();
    assert.equal(await hashFile(done.path), await expected(network));
    assert.ok(done.sources.some(({ peer }) => peer === alice.id));
  });

  it('is found out by the hash alone when size and mtime are as before, and withdraws', async () => {
    await using network = await ProcessNetwork.start();
    const unseen = { scanInterval: 3600, env: { PEERDEX_WATCH: 'false' } };
    const [, carol] = (await holdersOf(network, ['alice', 'carol'], unseen)) as [Holder, Holder];
    const bob = await network.peer('bob', { scanInterval: 3600 });
    const { atime, mtime } = await stat(carol.file);
    await overwriteMiddle(carol.file);
    await utimes(carol.file, atime, mtime);
    const done = (await bob.get(['film.bin'], { timeout: 40_000 })).one();
    assert.equal(await hashFile(done.path), await expected(network));
    const { content } = done;
    await eventually(
      async () => {
        const { results } = await bob.find('film');
        return results.find((one) => one.content === content)?.holders.every(({ name }) => name !== 'carol');
      },
      { timeout: 15_000 },
    );
  });

  it('being the only one makes the job fail with a reason, and nothing stands under the name', async () => {
    await using network = await ProcessNetwork.start();
    const unseen = { scanInterval: 3600, env: { PEERDEX_WATCH: 'false' } };
    const [alice] = (await holdersOf(network, ['alice'], unseen)) as [Holder];
    const bob = await network.peer('bob', { scanInterval: 3600 });
    const { results } = await bob.ask<FindAnswer>(['find', 'film']);
    await overwriteMiddle(alice.file);
    const got = await bob.get([results[0]!.content, '-o', network.folder.join('wrong.bin')], {
      timeout: 60_000,
    });
    assert.notEqual(got.code, 0);
    assert.match(got.failed[0]?.reason ?? got.stderr, /\S/);
    await assert.rejects(stat(network.folder.join('wrong.bin')));
  });

  it('a wire that turns bytes over and no other holder is exit 5', async () => {
    await using network = await ProcessNetwork.start(['--plaintext']); // over TLS a wire that lies only breaks connections
    const [alice] = (await holdersOf(network, ['alice'])) as [Holder];
    const bob = await network.peer('bob');
    alice.proxy.corruptData(MIB);
    const got = await bob.get(['film.bin'], { timeout: 60_000 });
    assert.equal(got.code, 5, JSON.stringify(got.events.at(-1)) + got.stderr);
    assert.equal(got.failed[0]?.code, 'verification');
  });
});

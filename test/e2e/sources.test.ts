import assert from 'node:assert/strict';
import { open, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BackgroundGet } from '../harness/background-get.ts';
import { eventually } from '../harness/eventually.ts';
import { hashFile, makeFile } from '../harness/files.ts';
import { type PeerOptions, type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

const MIB = 2 ** 20;
const SIZE = 24 * MIB;
const SLOW = ['--up-limit', `${4 * MIB}B/s`];

/** Which peers have a file. Its place in the list is the seed of its bytes. */
type Holdings = readonly (readonly [file: string, holders: readonly string[]])[];

/** Peers that share the same files under their own folders' names, each behind a proxy. */
async function holdersOf(
  network: ProcessNetwork,
  names: readonly string[],
  holdings: Holdings,
  options: PeerOptions = {},
): Promise<PeerProcess[]> {
  return Promise.all(
    names.map(async (name) => {
      for (const [seed, [file, holders]] of holdings.entries())
        if (holders.includes(name)) await makeFile(placeOf(network, name, file), SIZE, seed);
      const shares = [network.folder.join(`${name}-files`)];
      return network.peer(name, { shares, proxy: true, args: SLOW, ...options });
    }),
  );
}

const placeOf = (network: ProcessNetwork, name: string, file: string): string =>
  network.folder.join(`${name}-files`, file);

/** Fails unless it is, byte for byte, what was shared at first. */
async function assertRight(network: ProcessNetwork, holdings: Holdings, got: string): Promise<void> {
  const seed = holdings.findIndex(([file]) => file === path.basename(got));
  const expected = await makeFile(network.folder.join('expected', path.basename(got)), SIZE, seed);
  assert.equal(await hashFile(got), await hashFile(expected));
}

async function overwriteMiddle(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(SIZE / 2, 0x5a), 0, SIZE / 2, SIZE / 4);
}

describe('a file of several holders', () => {
  const holdings: Holdings = [
    ['three.bin', ['alice', 'carol', 'dave']],
    ['stalls.bin', ['alice', 'carol']],
    ['dies.bin', ['alice', 'carol']],
    ['dead.bin', ['alice', 'carol']],
    ['single.bin', ['alice']],
  ];
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let carol: PeerProcess;
  let dave: PeerProcess;
  let bob: PeerProcess;

  before(async () => {
    network = await ProcessNetwork.start();
    [alice, carol, dave] = (await holdersOf(network, ['alice', 'carol', 'dave'], holdings)) as [
      PeerProcess,
      PeerProcess,
      PeerProcess,
    ];
    bob = await network.peer('bob');
  });
  after(() => network[Symbol.asyncDispose]());

  it('comes from all of them at once', async () => {
    const done = (await bob.get(['three.bin'])).one();
    const holders = [alice, carol, dave];
    assert.deepEqual(done.sources.map(({ peer }) => peer).sort(), holders.map(({ id }) => id).sort());
    assert.equal(
      done.sources.reduce((sum, { bytes }) => sum + bytes, 0),
      SIZE,
    );
    assert.ok(
      done.sources.every(({ bytes }) => bytes > SIZE / 10),
      JSON.stringify(done.sources),
    );
    await assertRight(network, holdings, done.path);
  });

  it('comes although one stalls in mid-transfer, whose requests go to others after 10 s', async () => {
    const get = await BackgroundGet.start(bob, ['stalls.bin']);
    await get.reaches(4 * MIB);
    carol.proxy.stall();
    const done = (await get.result()).one();
    assert.ok(done.sources.some(({ peer, bytes }) => peer === alice.id && bytes > SIZE / 2));
    await assertRight(network, holdings, done.path);
    carol.proxy.flow();
  });

  it('comes although one dies in mid-transfer, or is dead and still listed', async () => {
    const get = await BackgroundGet.start(bob, ['dies.bin']);
    await get.reaches(4 * MIB);
    await carol.daemon.kill('SIGKILL');
    const done = (await get.result()).one();
    assert.ok(done.sources.some(({ peer }) => peer === alice.id));
    await assertRight(network, holdings, done.path);
    const { results } = await bob.find('dead.bin');
    assert.ok(results[0]?.holders.some(({ peer }) => peer === carol.id));
    const other = (await bob.get(['dead.bin'])).one();
    assert.deepEqual(
      other.sources.map(({ peer }) => peer),
      [alice.id],
    );
  });

  it('waits and says why when its only holder goes, and ends when that comes back', async () => {
    const get = await BackgroundGet.start(bob, ['single.bin']);
    await get.reaches(4 * MIB);
    await alice.daemon.kill('SIGKILL');
    const stuck = await eventually(async () => {
      const job = await get.job();
      return (job.state === 'waiting' || job.state === 'failed') && job;
    });
    assert.match(stuck.reason ?? '', /alice/, 'the reason names the holder');
    assert.equal(stuck.state, 'waiting');
    await alice.daemon.restart();
    await assertRight(network, holdings, (await get.result()).one().path);
  });
});

describe('a holder whose file is not what it was', () => {
  const holdings: Holdings = [
    ['changed.bin', ['alice', 'carol']],
    ['secret.bin', ['alice', 'carol']],
    ['single.bin', ['alice']],
  ];
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let bob: PeerProcess;

  before(async () => {
    network = await ProcessNetwork.start();
    const unseen = { scanInterval: 3600, env: { PEERDEX_WATCH: 'false' } };
    [alice] = (await holdersOf(network, ['alice', 'carol'], holdings, unseen)) as [PeerProcess];
    bob = await network.peer('bob', { scanInterval: 3600 });
  });
  after(() => network[Symbol.asyncDispose]());

  it('refuses a file that changed under it, and the other holder gives it', async () => {
    const get = await BackgroundGet.start(bob, ['changed.bin']);
    await get.reaches(4 * MIB);
    await overwriteMiddle(placeOf(network, 'carol', 'changed.bin'));
    const done = (await get.result()).one();
    await assertRight(network, holdings, done.path);
    assert.ok(done.sources.some(({ peer }) => peer === alice.id));
  });

  it('is found out by the hash alone when size and mtime are as before, and withdraws', async () => {
    const hers = placeOf(network, 'carol', 'secret.bin');
    const { atime, mtime } = await stat(hers);
    await overwriteMiddle(hers);
    await utimes(hers, atime, mtime);
    const done = (await bob.get(['secret.bin'])).one();
    await assertRight(network, holdings, done.path);
    const { content } = done;
    await eventually(async () => {
      const { results } = await bob.find('secret');
      return results.find((one) => one.content === content)?.holders.every(({ name }) => name !== 'carol');
    });
  });

  it('being the only one makes the job fail with a reason, and nothing stands under the name', async () => {
    const { results } = await bob.find('single');
    await overwriteMiddle(placeOf(network, 'alice', 'single.bin'));
    const got = await bob.get([results[0]!.content, '-o', network.folder.join('wrong.bin')]);
    assert.notEqual(got.code, 0);
    assert.match(got.failed[0]?.reason ?? got.stderr, /\S/);
    await assert.rejects(stat(network.folder.join('wrong.bin')));
  });
});

describe('a wire that turns bytes over', () => {
  const holdings: Holdings = [
    ['both.bin', ['alice', 'carol']],
    ['single.bin', ['carol']],
  ];

  it('costs its holder the place among the sources, and ends a get with 5 where there is no other', async () => {
    // Over TLS a wire that lies only breaks connections.
    await using network = await ProcessNetwork.start(['--plaintext']);
    const [alice, carol] = (await holdersOf(network, ['alice', 'carol'], holdings)) as [
      PeerProcess,
      PeerProcess,
    ];
    const bob = await network.peer('bob');
    carol.proxy.corruptData(MIB);
    const done = (await bob.get(['both.bin'])).one();
    await assertRight(network, holdings, done.path);
    const bytesOf = (id: string) => done.sources.find(({ peer }) => peer === id)?.bytes ?? 0;
    assert.ok(bytesOf(carol.id) < 8 * MIB, `the liar gave ${bytesOf(carol.id)} before it was dropped`);
    assert.ok(bytesOf(alice.id) > SIZE - 8 * MIB);

    const got = await bob.get(['single.bin']);
    assert.equal(got.code, 5, JSON.stringify(got.events.at(-1)) + got.stderr);
    assert.equal(got.failed[0]?.code, 'verification');
  });
});

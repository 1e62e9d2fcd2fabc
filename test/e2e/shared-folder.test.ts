import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { FindAnswer } from '../harness/answers.ts';
import { BackgroundGet } from '../harness/background-get.ts';
import { eventually } from '../harness/eventually.ts';
import { hashFile, makeFile } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';

const MIB = 2 ** 20;
const SIZE = 12 * MIB;

describe('one content into one folder', () => {
  it('by two daemons: each fetches into a partial of its own, both succeed, and one file stands there', async () => {
    await using network = await ProcessNetwork.start();
    const { content, hash, hurry } = await seedOf(network);
    const folder = await network.makeFolder('both');
    const out = path.join(folder, 'film.bin');
    const bob = await network.peer('bob');
    const carol = await network.peer('carol');
    const first = await BackgroundGet.start(bob, [content, '-o', out]);
    await first.reaches(MIB);
    const second = await BackgroundGet.start(carol, [content, '-o', out]);
    await second.reaches(MIB / 2);
    const partials = (await readdir(folder)).filter((name) => name.endsWith('.part'));
    assert.equal(partials.length, 2, `void: ${partials}`);
    await hurry();
    for (const get of [first, second]) {
      const done = (await get.result()).one();
      assert.equal(done.path, out);
      assert.equal(done.bytes, SIZE);
    }
    assert.equal(await hashFile(out), hash);
    assert.deepEqual(await readdir(folder), ['film.bin']);
  });

  it('by two jobs of one daemon: the second waits for the first, and may be cancelled without harm to it', async () => {
    await using network = await ProcessNetwork.start();
    const { content, hash, hurry } = await seedOf(network);
    const folder = await network.makeFolder('one');
    const out = path.join(folder, 'film.bin');
    const bob = await network.peer('bob');
    const first = await BackgroundGet.start(bob, [content, '-o', out]);
    await first.reaches(MIB);
    const second = await BackgroundGet.start(bob, [content, '-o', out]);
    const { id } = await eventually(async () => {
      const job = await second.job();
      return job.state === 'waiting' && /fetching the same content/.test(job.reason ?? '') && job;
    });
    const third = await BackgroundGet.start(bob, [content, '-o', path.join(folder, 'again.bin')]);
    await eventually(async () => (await third.job()).id !== id);
    await bob.ask(['cancel', id]);
    await hurry();
    assert.equal((await first.result()).one().bytes, SIZE);
    assert.equal((await third.result()).one().path, path.join(folder, 'again.bin'));
    assert.equal(await hashFile(out), hash);
    assert.equal(await hashFile(path.join(folder, 'again.bin')), hash);
    assert.deepEqual((await readdir(folder)).toSorted(), ['again.bin', 'film.bin']);
  });
});

interface Seed {
  readonly content: string;
  readonly hash: string;
  /** Sends without a limit from now on. */
  hurry(): Promise<unknown>;
}

/** A peer of the network that holds a file, and sends it slowly. */
async function seedOf(network: ProcessNetwork): Promise<Seed> {
  const folder = network.folder.join('files');
  const file = await makeFile(path.join(folder, 'film.bin'), SIZE, 9);
  const seed = await network.peer('alice', { shares: [folder], args: ['--up-limit', `${MIB}B/s`] });
  const { results } = await seed.ask<FindAnswer>(['find', 'film']);
  const hurry = () => seed.ask(['limit', '--up', 'unlimited']);
  return { content: results[0]!.content, hash: await hashFile(file), hurry };
}

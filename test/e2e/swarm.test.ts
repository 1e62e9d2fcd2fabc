import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { FindAnswer } from '../harness/answers.ts';
import { BackgroundGet } from '../harness/background-get.ts';
import { eventually } from '../harness/eventually.ts';
import { hashFile, makeFile } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { spawnProgram } from '../harness/program.ts';

const MIB = 2 ** 20;
const SIZE = 24 * MIB;

describe('a swarm', () => {
  it('gets from a peer that is itself fetching, to where no index looks', async () => {
    await using network = await ProcessNetwork.start();
    const { seed, content, hash } = await seedOf(network, 4);
    // Each into a folder of its own: two daemons do not share partials.
    const places = await Promise.all(['bob', 'carol', 'dave'].map((name) => network.makeFolder(name)));
    const [bobs, carols, daves] = places.map((folder) => path.join(folder, 'film.bin')) as [
      string,
      string,
      string,
    ];
    const bob = await network.peer('bob');
    // She is there before he begins: he would be done by the end of a slow start.
    const carol = await network.peer('carol');
    const first = await BackgroundGet.start(bob, [content, '-o', bobs]);
    await first.reaches(4 * MIB);
    const done = (await carol.get([content, '-o', carols])).one();
    const fromBob = done.sources.find(({ peer }) => peer === bob.id)?.bytes ?? 0;
    assert.ok(fromBob > 2 * MIB, JSON.stringify(done.sources));
    assert.ok(done.sources.some(({ peer }) => peer === seed.id));
    assert.equal(await hashFile(carols), hash);
    await first.result();
    assert.equal(await hashFile(bobs), hash);
    const dave = await network.peer('dave');
    // Nobody but these two has it now, and no index names them: their swarm is found nevertheless.
    await seed.daemon.kill('SIGKILL');
    const last = (await dave.get([content, '-o', daves])).one();
    assert.ok(last.sources.every(({ peer }) => peer !== seed.id));
    assert.equal(await hashFile(daves), hash);
  });

  it('get --join stays until others have it, says so, and goes then', async () => {
    await using network = await ProcessNetwork.start();
    const { seed, content, hash } = await seedOf(network, 4);
    const bob = await network.peer('bob', { args: ['--down-limit', '2MB/s'] });
    const folder = await network.makeFolder('short');
    const out = path.join(folder, 'film.bin');
    const data = network.folder.join('nobody');
    const short = spawnProgram(['get', content, '-o', out, '--join', network.join, '--data', data]);
    short.stdin!.end();
    let said = '';
    short.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    short.stdout!.resume();
    const ended = once(short, 'exit');
    await eventually(async () => (await readdir(folder)).some((name) => name.endsWith('.part')));
    const get = await BackgroundGet.start(bob, [
      content,
      '-o',
      path.join(await network.makeFolder('bob'), 'film.bin'),
    ]);
    await eventually(() => /others still fetch this/.test(said));
    await seed.daemon.kill('SIGKILL');
    const done = (await get.result()).one();
    assert.equal(await hashFile(done.path), hash);
    const [code] = (await ended) as [number];
    assert.equal(code, 0, said);
    assert.equal(await hashFile(out), hash);
  });
});

/** A network's first holder of a file, which sends so many MiB a second. */
async function seedOf(
  network: ProcessNetwork,
  rate: number,
): Promise<{ readonly seed: PeerProcess; readonly content: string; readonly hash: string }> {
  const folder = network.folder.join('files');
  const file = await makeFile(path.join(folder, 'film.bin'), SIZE, 9);
  const seed = await network.peer('alice', { shares: [folder], args: ['--up-limit', `${rate * MIB}B/s`] });
  const { results } = await seed.ask<FindAnswer>(['find', 'film']);
  return { seed, content: results[0]!.content, hash: await hashFile(file) };
}

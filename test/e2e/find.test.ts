import assert from 'node:assert/strict';
import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PeerdexError } from '../../src/core/errors.ts';
import { errorOf, type FindAnswer, type LsAnswer } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

const DAY = 86_400_000;

describe('find, with filters and by pages', () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let bob: PeerProcess;

  before(async () => {
    network = await ProcessNetwork.start(['--lease', '3']);
    const hers = await makeTree(network.folder.join('hers'), {
      'Über report.pdf': 'x'.repeat(3000),
      'report old.txt': 'old',
      'reporting.epub': 'y'.repeat(2000),
      '深い森.txt': 'woods',
      ...Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`page ${at}.dat`, String(at)])),
    });
    await utimes(path.join(hers, 'report old.txt'), new Date(), new Date(Date.now() - 30 * DAY));
    const his = await makeTree(network.folder.join('his'), {
      'ueber uns.pdf': 'us',
      'my report.pdf': 'x'.repeat(3000),
    });
    alice = await network.peer('alice', { shares: [hers] });
    bob = await network.peer('bob', { shares: [his] });
  });
  after(() => network[Symbol.asyncDispose]());

  const paths = async (...args: string[]): Promise<string[]> =>
    (await bob.ask<FindAnswer>(['find', ...args])).results.map(({ path: at }) => path.basename(at)).sort();

  it('by size, time, extension and peer, each alone and together', async () => {
    const report = 'Über report.pdf';
    assert.deepEqual(await paths('report', '--min-size', '1.5KiB'), [report, 'reporting.epub'].sort());
    assert.deepEqual(await paths('report', '--max-size', '2kB'), ['report old.txt', 'reporting.epub']);
    assert.deepEqual(await paths('report', '--newer', '7d'), [report, 'reporting.epub'].sort());
    const day = new Date(Date.now() - 7 * DAY).toISOString().slice(0, 10);
    assert.deepEqual(await paths('report', '--older', day), ['report old.txt']);
    assert.deepEqual(await paths('e', '--ext', '.EPUB,txt'), ['report old.txt', 'reporting.epub']);
    assert.deepEqual(await paths('uber', '--peer', 'bob'), []);
    assert.deepEqual(await paths('深い', '--peer', 'alice', '--ext', 'txt', '--min-size', '1'), [
      '深い森.txt',
    ]);
  });

  it('one result for a content under several names, with everybody who holds it', async () => {
    const { results } = await bob.ask<FindAnswer>(['find', 'my', 'report', '--ext', 'pdf']);
    assert.deepEqual(
      results.map(({ holders }) => holders.map(({ name }) => name).sort()),
      [['alice', 'bob']],
    );
  });

  it('names as many holders as are wanted, first the one under whose path it is found', async () => {
    const { client } = bob;
    const query = { words: 'my report', ext: 'pdf' };
    const all = (await client.find({ query })).results[0]!;
    assert.deepEqual([all.holders.length, all.held], [2, undefined]);
    const some = (await client.find({ query: { ...query, holders: 1 } })).results[0]!;
    assert.equal(some.held, 2);
    assert.deepEqual(some.holders, [all.holders.find(({ path: at }) => at === all.path)]);
  });

  it('refuses filters that it does not understand, and peers that are none', async () => {
    for (const wrong of [
      ['--min-size', 'big'],
      ['--newer', 'yesterday'],
      ['--older', '2024-13-01'],
    ]) {
      assert.equal((await bob.run(['find', 'x', ...wrong])).code, 2, wrong.join(' '));
    }
    const nobody = await bob.run(['find', 'x', '--peer', 'nobody', '--json']);
    assert.equal(nobody.code, 3);
    assert.equal(errorOf(nobody).code, 'not-found');
  });

  it('by pages, of the local API', async () => {
    const { client } = bob;
    const all = (await client.find({ query: { words: 'page', limit: 100 } })).results;
    assert.equal(all.length, 25);
    const paged: typeof all = [];
    for (let offset = 0; offset < 30; offset += 10) {
      const page = await client.find({ query: { words: 'page', limit: 10, offset } });
      assert.deepEqual([page.total, page.more], [25, false]);
      paged.push(...page.results);
    }
    assert.deepEqual(paged, all);
    const listed: string[] = [];
    for (let from: string | undefined, pages = 0; pages === 0 || from !== undefined; pages += 1) {
      const part = await client.ls({ query: { where: 'alice:hers', limit: 10, from } });
      listed.push(...part.entries.map(({ name }) => name));
      from = part.next;
    }
    const { entries } = await bob.ask<LsAnswer>(['ls', 'alice:hers']);
    assert.deepEqual(
      listed,
      entries.map(({ name }) => name),
    );
    for (const newer of ['yesterday', '2024-01-01']) {
      await assert.rejects(
        client.find({ query: { words: 'x', newer } }),
        (error) => error instanceof PeerdexError && error.code === 'usage',
      );
    }
  });

  it('no more of a peer whose lease has ended', async () => {
    await alice.daemon.kill('SIGKILL');
    await eventually(async () => (await paths('page')).length === 0, { timeout: 30_000, every: 200 });
    const { results } = await bob.ask<FindAnswer>(['find', 'report']);
    assert.deepEqual(
      results.map(({ holders }) => holders.map(({ name }) => name)),
      [['bob']],
    );
  });
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { CsvRow, FindAnswer } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { HostilePeer } from '../harness/hostile-peer.ts';
import type { PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { RawSource } from '../harness/raw-source.ts';
import { GoodPair } from './good-pair.ts';
import { REFUSED_PATHS } from './names.ts';
import { fileRecord } from './pages.ts';
import { refuseAll } from './sources.ts';

describe('names, sizes and contents that an index tells falsely', () => {
  let pair: GoodPair;
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let bob: PeerProcess;
  let base: { join: string };

  before(async () => {
    pair = await GoodPair.start();
    ({ network, alice, bob } = pair);
    base = { join: network.join };
  });
  after(() => pair[Symbol.asyncDispose]());

  const stillWell = () => pair.stillWell();

  it('no name from outside enters the index unless it is a plain path', async () => {
    await Promise.all(
      REFUSED_PATHS.map(async (bad, i) => {
        await using mallory = await HostilePeer.start({
          ...base,
          name: `mallory${i}`,
          records: [fileRecord(1, bad)],
        });
        await eventually(() => mallory.asked > 0);
      }),
    );
    // What comes after is known to have been taken in: so what came before was, too.
    await using honest = await HostilePeer.start({
      ...base,
      name: 'honest',
      records: [fileRecord(1, 'share/honest.txt')],
    });
    await eventually(async () => (await bob.find('honest')).total === 1);
    const csv = await bob.run(['csv', '--json', '--raw']);
    const rows = csv.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as CsvRow);
    assert.deepEqual(
      rows.filter(({ file }) => file.includes('evil')),
      [],
    );
    assert.ok(rows.some(({ peer }) => peer === honest.id));
    assert.equal((await bob.ask<FindAnswer>(['find', 'evil'])).total, 0);
    await stillWell();
  });

  it('a name may not reach the terminal with escapes in it', async () => {
    // Not a control character, so a legal name: it turns the reading direction over.
    const tricky = 'share/\u202egpj.exe';
    await using mallory = await HostilePeer.start({
      ...base,
      name: 'bidi',
      records: [fileRecord(1, tricky)],
    });
    await eventually(() => mallory.asked > 0);
    const { stdout } = await bob.run(['find', 'exe']);
    assert.doesNotMatch(stdout, /[\u202a-\u202e\u2066-\u2069]/u);
    const error = await bob.run(['get', 'no such \u001b[31m\u001b]0;title\u0007 file']);
    assert.equal(error.code, 3);
    assert.ok(
      !error.stderr.includes('\u001b') && !error.stderr.includes('\u0007'),
      JSON.stringify(error.stderr),
    );
  });

  it('a get whose holder has no such thing fails with a reason and writes nothing outside', async () => {
    await using _mallory = await HostilePeer.start({
      ...base,
      name: 'empty',
      // A content of its own: of others there are more holders, who are away and so are waited for.
      records: [fileRecord(1, 'share/hollow.txt', { content: 'cd'.repeat(32) })],
      onSwarm: (socket, { member }) => void new RawSource(socket, member, refuseAll),
    });
    await eventually(async () => (await bob.find('hollow')).total === 1);
    const got = await bob.get(['hollow.txt', '-o', network.folder.join('hollow.txt')]);
    assert.notEqual(got.code, 0);
    assert.match(got.failed[0]?.reason ?? '', /empty: it does not share this content any more/);
    assert.equal(existsSync(network.folder.join('hollow.txt')), false);
    assert.deepEqual(
      (await readdir(network.folder.path)).filter((name) => name.includes('peerdex-')),
      [],
    );
    await stillWell();
  });

  it('a false size in an index stops nobody who wants the file', async () => {
    const sizes = [0, 3, 5, 2 ** 30, 2 ** 43];
    for (const size of sizes) {
      const name = `of ${size}.txt`;
      const shared = await makeTree(network.folder.join(`share-${size}`), { [name]: `four ${size}` });
      await alice.ask(['share', shared]);
      await eventually(async () => (await bob.find(name)).total === 1);
      const content = (await bob.ask<FindAnswer>(['find', name])).results[0]!.content;
      await using _mallory = await HostilePeer.start({
        ...base,
        name: `liar${size}`,
        records: [{ ...fileRecord(1, `share/alias ${size}.txt`), content, size }],
      });
      await eventually(async () => (await bob.find('alias', String(size))).total === 1);
      const got = await bob.get([`alias ${size}.txt`], { timeout: 60_000 });
      const { path: place } = got.one();
      assert.equal(await readFile(place, 'utf8'), `four ${size}`);
    }
    await stillWell();
  });
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { errorOf, type FindAnswer } from '../harness/answers.ts';
import { makeTree } from '../harness/files.ts';
import { type GetResult, type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

describe('what a name means to get', () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let carol: PeerProcess;
  let bob: PeerProcess;
  let out: string;

  before(async () => {
    network = await ProcessNetwork.start();
    const docs = await makeTree(network.folder.join('docs'), {
      'rfc/1149.txt': 'carriers',
      'draft/1149.txt': 'draft of carriers',
      'only here.txt': 'alice',
      'a,b.txt': 'a comma',
      'one.log': '1',
      'two.log': '2',
      'three.txt': '3',
      'same.txt': 'the same',
      'both.txt': 'both have it',
    });
    const other = await makeTree(network.folder.join('other'), {
      'same.txt': 'the same',
      'both.txt': 'both have it',
      'readme.txt': 'carol',
    });
    const mine = await makeTree(network.folder.join('mine'), { 'readme.txt': 'alice again' });
    alice = await network.peer('alice', { shares: [docs, mine] });
    carol = await network.peer('carol', { shares: [other] });
    bob = await network.peer('bob');
    out = await network.makeFolder('out');
  });
  after(() => network[Symbol.asyncDispose]());

  let rounds = 0;
  /** Each get into a folder of its own, so that none finds the files of another. */
  const getInto = async (...what: string[]): Promise<GetResult> => {
    rounds += 1;
    return bob.get([...what, '-o', `${path.join(out, String(rounds))}/`]);
  };
  const textOf = async (result: GetResult) => readFile(result.one().path, 'utf8');

  it('a bare name, a tail of a path, PEER:PATH with name, id or prefix, and a content id', async () => {
    assert.equal(await textOf(await getInto('only here.txt')), 'alice');
    assert.equal(await textOf(await getInto('rfc/1149.txt')), 'carriers');
    assert.equal(await textOf(await getInto('docs/draft/1149.txt')), 'draft of carriers');
    assert.equal(await textOf(await getInto('alice:docs/rfc/1149.txt')), 'carriers');
    assert.equal(await textOf(await getInto(`${alice.id}:docs/rfc/1149.txt`)), 'carriers');
    assert.equal(await textOf(await getInto(`${alice.id.slice(0, 8)}:docs/rfc/1149.txt`)), 'carriers');
    const { results } = await bob.ask<FindAnswer>(['find', 'only', 'here']);
    assert.equal(await textOf(await getInto(results[0]!.content)), 'alice');
  });

  it('the same content in two places is one thing, fetched from either', async () => {
    assert.equal(await textOf(await getInto('same.txt')), 'the same');
  });

  it('a name of several contents is exit 2 and lists what to type instead', async () => {
    const result = await getInto('1149.txt');
    assert.equal(result.code, 2, result.stderr);
    const { candidates = [] } = result.failed[0] ?? errorOf(result);
    assert.equal(candidates.length, 2, JSON.stringify(result.events));
    for (const { what } of candidates) (await getInto(what)).one();
  });

  it('--from narrows to one peer', async () => {
    assert.equal((await getInto('readme.txt')).code, 2);
    assert.equal(await textOf(await getInto('readme.txt', '--from', 'carol')), 'carol');
    assert.equal(await textOf(await getInto('readme.txt', '--from', alice.id)), 'alice again');
    const done = (await getInto('both.txt', '--from', 'carol')).one();
    assert.deepEqual(
      done.sources.map(({ peer }) => peer),
      [carol.id],
    );
    assert.equal((await getInto('only here.txt', '--from', 'carol')).code, 3);
  });

  it('an unknown name, peer, path or content is exit 3', async () => {
    for (const what of [
      'no such file.txt',
      'alice:docs/none.txt',
      'nobody:docs/rfc/1149.txt',
      'ONLY HERE.TXT',
      'here.txt',
      '0'.repeat(64),
    ]) {
      const result = await getInto(what);
      assert.equal(result.code, 3, `${what}: ${JSON.stringify(result.events)} ${result.stderr}`);
    }
  });

  it('a name with a comma is one name where it is one, else several', async () => {
    assert.equal(await textOf(await getInto('a,b.txt')), 'a comma');
    const both = (await getInto('one.log,two.log')).succeeded();
    assert.deepEqual(both.map(({ path: at }) => path.basename(at)).sort(), ['one.log', 'two.log']);
  });

  it('a pattern with one * gets every match under its bare name', async () => {
    const logs = (await getInto('*.log')).succeeded();
    assert.deepEqual(logs.map(({ path: at }) => path.basename(at)).sort(), ['one.log', 'two.log']);
    assert.equal((await getInto('alice:docs/t*.txt')).one().bytes, 1);
    assert.equal((await getInto('*.nothing')).code, 3);
  });

  it('a pattern leaves out a name of several contents, says so, and gets the rest', async () => {
    const result = await getInto('*.txt');
    assert.equal(result.code, 2, result.stderr);
    assert.deepEqual(result.done.map(({ path: at }) => path.basename(at)).sort(), [
      'a,b.txt',
      'both.txt',
      'only here.txt',
      'same.txt',
      'three.txt',
    ]);
    assert.deepEqual(result.failed.map(({ path: name, code }) => [name, code]).sort(), [
      ['1149.txt', 'ambiguous'],
      ['readme.txt', 'ambiguous'],
    ]);
    const readme = result.failed.find(({ path: name }) => name === 'readme.txt')!;
    assert.deepEqual(readme.candidates?.map(({ what }) => what).sort(), [
      'alice:mine/readme.txt',
      'carol:other/readme.txt',
    ]);
    assert.match(readme.hint ?? '', /--from/);
    const none = await getInto('read*.txt');
    assert.deepEqual([none.code, none.done.length, none.failed.length], [2, 0, 1]);
    assert.equal((await getInto('*.txt', '--from', 'carol')).succeeded().length, 3);
  });

  it('of several WHATs all that can be fetched is, and the exit code tells the rest', async () => {
    const mixed = await getInto('one.log', 'no such file', 'two.log');
    assert.equal(mixed.code, 3);
    assert.equal(mixed.done.length, 2);
    assert.equal(mixed.failed.length, 1);
    const causes = await getInto('1149.txt', 'no such file', 'one.log');
    assert.equal(causes.code, 1, 'causes that differ are 1');
    assert.equal(causes.done.length, 1);
  });
});

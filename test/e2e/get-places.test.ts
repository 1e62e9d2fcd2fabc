import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { FindAnswer } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { describeTree, makeFile, makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

describe('where get puts files', () => {
  let network: ProcessNetwork;
  let root: string;
  let bob: PeerProcess;
  let out: string;
  let rounds = 0;

  before(async () => {
    network = await ProcessNetwork.start();
    root = await makeTree(network.folder.join('data'), {
      'set1/a.txt': 'a',
      'set1/deep/er/b.txt': 'b',
      'set1/empty': null,
      'set1/zero.bin': '',
      'left/name.txt': 'left',
      'right/name.txt': 'right',
      'one.txt': 'one',
    });
    await makeFile(path.join(root, 'set1/some.bin'), 3_000_001);
    await network.peer('alice', { shares: [root] });
    bob = await network.peer('bob');
  });
  after(() => network[Symbol.asyncDispose]());
  beforeEach(async () => {
    rounds += 1;
    out = await network.makeFolder('out', String(rounds));
  });

  it('-o names a new file, or a folder when it is one or ends in /', async () => {
    assert.equal(
      (await bob.get(['one.txt', '-o', path.join(out, 'new name.txt')])).one().path,
      path.join(out, 'new name.txt'),
    );
    assert.equal((await bob.get(['one.txt', '-o', out])).one().path, path.join(out, 'one.txt'));
    assert.equal(
      (await bob.get(['one.txt', '-o', `${out}/not/yet/`])).one().path,
      path.join(out, 'not/yet/one.txt'),
    );
  });

  it('-o is relative to the folder of the client', async () => {
    const done = (await bob.get(['one.txt', '-o', 'here.txt'], { cwd: out })).one();
    assert.equal(done.path, path.join(out, 'here.txt'));
    assert.equal(await readFile(path.join(out, 'here.txt'), 'utf8'), 'one');
  });

  it('a folder keeps its tree under its own name, empty folders too', async () => {
    (await bob.get(['alice:data/set1/', '-o', out])).succeeded();
    assert.deepEqual(await readdir(out), ['set1']);
    assert.deepEqual(await describeTree(path.join(out, 'set1')), await describeTree(path.join(root, 'set1')));
    const again = await bob.get(['alice:data/set1/', '-o', out]);
    assert.ok(
      again.succeeded().every(({ bytes, sources }) => bytes === 0 && sources.length === 0),
      'all there already',
    );
  });

  it('the same content at the destination is done at once', async () => {
    await writeFile(path.join(out, 'one.txt'), 'one');
    const done = (await bob.get(['one.txt', '-o', out])).one();
    assert.equal(done.bytes, 0);
    assert.deepEqual(done.sources, []);
  });

  it('another content at the destination is an error unless --overwrite', async () => {
    await writeFile(path.join(out, 'one.txt'), 'something else');
    const refused = await bob.get(['one.txt', '-o', out]);
    assert.equal(refused.code, 1, refused.stderr);
    assert.equal(refused.failed[0]?.code, 'conflict');
    assert.match(refused.failed[0]?.reason ?? '', /one\.txt/);
    assert.equal(await readFile(path.join(out, 'one.txt'), 'utf8'), 'something else');
    (await bob.get(['one.txt', '-o', out, '--overwrite'])).one();
    assert.equal(await readFile(path.join(out, 'one.txt'), 'utf8'), 'one');
    assert.deepEqual(await readdir(out), ['one.txt'], 'nothing is left beside it');
  });

  it('two files that would get one name are refused, not merged', async () => {
    const got = await bob.get(['left/name.txt', 'right/name.txt', '-o', out]);
    assert.notEqual(got.code, 0);
    assert.equal(got.done.length, 1);
    assert.equal(got.failed.length, 1);
    const winner = got.done[0]!;
    assert.ok(['left', 'right'].includes(await readFile(winner.path, 'utf8')));
    // A pattern whose matches collide says so too.
    const pattern = await bob.get(['nam*.txt', '-o', `${out}/pattern/`]);
    assert.notEqual(pattern.code, 0, JSON.stringify(pattern.events));
  });

  it('a folder or a file in the way is an error that names it', async () => {
    await mkdir(path.join(out, 'one.txt/not empty'), { recursive: true });
    const folder = await bob.get(['one.txt', '-o', out, '--overwrite']);
    assert.equal(folder.code, 1);
    assert.match(folder.failed[0]?.reason ?? folder.stderr, /one\.txt/);
    await writeFile(path.join(out, 'set1'), 'a file where the tree should go');
    assert.equal((await bob.get(['alice:data/set1/', '-o', out])).code, 1);
  });

  it('a link at the destination leads nowhere outside', async () => {
    const outside = await network.makeFolder('outside', String(rounds));
    await symlink(outside, path.join(out, 'set1'));
    const got = await bob.get(['alice:data/set1/', '-o', out]);
    assert.notEqual(got.code, 0);
    assert.deepEqual(await readdir(outside), []);
    await symlink(path.join(outside, 'target.txt'), path.join(out, 'one.txt'));
    await bob.get(['one.txt', '-o', out, '--overwrite']);
    assert.deepEqual(await readdir(outside), []);
  });

  it('a file in the downloads folder is served at once, also when the first holder is gone', async () => {
    const source = await makeTree(network.folder.join('short-lived'), {});
    await makeFile(path.join(source, 'baton.bin'), 2_000_000, 5);
    const first = await network.peer('first', { shares: [source] });
    (await bob.get(['baton.bin'])).one();
    await first.daemon.kill('SIGKILL');
    const carol = await network.peer('carol');
    const done = (await carol.get(['baton.bin'], { timeout: 45_000 })).one();
    assert.deepEqual(done.sources, [{ peer: bob.id, bytes: 2_000_000 }]);
    const { results } = await carol.ask<FindAnswer>(['find', 'baton']);
    assert.ok(
      results[0]?.holders.some(({ self }) => self),
      'and by this one too',
    );
  });

  it('what -o put outside the shares is in no index', async () => {
    await makeTree(root, { 'unlisted.txt': 'u' });
    await eventually(async () => (await bob.find('unlisted')).total === 1);
    const done = (await bob.get(['unlisted.txt', '-o', out])).one();
    assert.equal((await stat(done.path)).size, 1);
    const { results } = await bob.ask<FindAnswer>(['find', 'unlisted']);
    assert.deepEqual(
      results[0]?.holders.map(({ name }) => name),
      ['alice'],
    );
  });
});

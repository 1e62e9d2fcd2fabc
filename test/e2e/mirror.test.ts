import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { LEAF_BYTES } from '../../src/core/leaf-layout.ts';
import type { JobRow } from '../../src/protocol/http/local/job-row.ts';
import type { MirrorEvent } from '../../src/protocol/http/local/mirror-operations.ts';
import type { JobsAnswer, Status } from '../harness/answers.ts';
import { errorOf } from '../harness/answers.ts';
import { BackgroundMirror } from '../harness/background-mirror.ts';
import { eventually } from '../harness/eventually.ts';
import { describeTree, makeFile, makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';

const namesIn = async (peer: PeerProcess, where: string): Promise<string> =>
  (await peer.client.ls({ query: { where } })).entries.map(({ name }) => name).join('\n');

describe('a mirror', () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let bob: PeerProcess;
  let share: string;
  let from: string;
  let to: string;
  let what: string;
  let rounds = 0;

  before(async () => {
    network = await ProcessNetwork.start();
    share = await network.makeFolder('data');
    alice = await network.peer('alice', { shares: [share] });
    bob = await network.peer('bob');
  });
  after(() => network[Symbol.asyncDispose]());
  beforeEach(async () => {
    rounds += 1;
    from = await makeTree(path.join(share, `set${rounds}`), {
      'a.txt': 'a',
      'deep/er/b.txt': 'b',
      'deep/c.txt': 'c',
      'd.txt': 'd',
      empty: null,
    });
    to = network.folder.join('out', String(rounds));
    what = `alice:data/set${rounds}/`;
    await alice.run(['rescan']);
  });

  /** Runs one to its end. */
  async function once(...args: string[]) {
    const { code, stdout, stderr } = await bob.run(['mirror', what, '--to', to, '--once', ...args, '--json']);
    const events = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as MirrorEvent);
    // Scripts have an end to wait for, also where nothing was to be done.
    assert.equal(events.at(-1)?.event, code === 0 ? 'equal' : 'failed', stderr);
    return { code, stderr, events, removed: events.filter(({ event }) => event === 'removed') };
  }
  const isEqual = async () => {
    assert.deepEqual(await describeTree(to), await describeTree(from));
    return true;
  };
  /** What alice did is known to bob. */
  const settled = async (check: (names: string) => boolean) => {
    await alice.run(['rescan']);
    await eventually(async () => check(await namesIn(bob, what.replace(/\/$/, ''))));
  };
  const allow = async (job: string, files: number): Promise<number> => {
    const { port, token } = JSON.parse(await readFile(path.join(bob.data, 'daemon.json'), 'utf8'));
    const answer = await fetch(`http://127.0.0.1:${port}/v1/mirrors/${job}/removal`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ files }),
    });
    await answer.text();
    return answer.status;
  };
  const mine = async (): Promise<JobRow> => {
    const { jobs } = await bob.ask<JobsAnswer>(['jobs']);
    return jobs.find(({ mirror }) => mirror?.to === to)!;
  };

  it('follows what is changed, replaced, appended to, added and deleted', async () => {
    await makeFile(path.join(from, 'log'), LEAF_BYTES * 6, 1);
    await alice.run(['rescan']);
    await using mirror = new BackgroundMirror(bob, [what, '--to', to, '--delete']);
    await mirror.event('equal');
    await isEqual();
    const inode = (await stat(path.join(to, 'a.txt'))).ino;
    await mirror.equalAfter(async () => {
      await writeFile(path.join(from, '.new'), 'another');
      await rename(path.join(from, '.new'), path.join(from, 'a.txt'));
      await appendFile(path.join(from, 'log'), 'the tail');
      await writeFile(path.join(from, 'new.txt'), 'new');
      await rm(path.join(from, 'd.txt'));
      await rename(path.join(from, 'deep'), path.join(from, 'moved'));
      await alice.run(['rescan']);
    });
    await eventually(isEqual);
    assert.notEqual((await stat(path.join(to, 'a.txt'))).ino, inode, 'it was replaced, not written over');
    const tail = mirror.of('done').filter((event) => event.path.endsWith('/log'));
    assert.equal(tail.at(-1)!.bytes, 8, 'the tail alone was fetched');
    const { mirrors } = await bob.ask<Status>(['status']);
    assert.deepEqual(
      mirrors!.map(({ to: at, state }) => [at, state]),
      [[to, 'waiting']],
    );
    mirror.child.kill('SIGINT');
    assert.equal(await mirror.closed, 130);
    const { id, state } = await mine();
    assert.equal(state, 'paused');
    assert.match(await mirror.stderr, new RegExp(`peerdex resume ${id}`));
    assert.equal((await bob.ask<JobRow>(['cancel', id])).state, 'cancelled');
    await isEqual();
  });

  it('goes on by the options of the last command, and the one before is told so', async () => {
    await using mirror = new BackgroundMirror(bob, [what, '--to', to]);
    await mirror.event('equal');
    await using other = new BackgroundMirror(bob, [what, '--to', to, '--delete']);
    await other.event('equal');
    assert.equal(await mirror.closed, 1);
    assert.match(await mirror.stderr, /goes on by other options, given by another command/);
    await rm(path.join(from, 'd.txt'));
    await alice.run(['rescan']);
    await eventually(isEqual);
    const { id, state, mirror: options } = await mine();
    assert.notEqual(state, 'paused');
    assert.deepEqual([options?.delete, options?.once], [true, false]);
    await bob.ask(['cancel', id]);
    assert.match(await other.stderr, /was cancelled by another command/);
  });

  it('goes on after a restart of its daemon, also one that was killed', async () => {
    await using mirror = new BackgroundMirror(bob, [what, '--to', to, '--delete']);
    await mirror.event('equal');
    await bob.daemon.kill('SIGKILL');
    assert.equal(await mirror.closed, 4);
    await writeFile(path.join(from, 'a.txt'), 'while it was away');
    await rm(path.join(from, 'd.txt'));
    await alice.run(['rescan']);
    bob = await network.peer('bob', { data: bob.data });
    await eventually(isEqual);
    await bob.ask(['cancel', (await mine()).id]);
  });

  it('keeps what lies in a share that is paused or not shared any more', async () => {
    await using mirror = new BackgroundMirror(bob, [what, '--to', to, '--delete']);
    await mirror.event('equal');
    const { port, token } = JSON.parse(await readFile(path.join(alice.data, 'daemon.json'), 'utf8'));
    const alter = async (action: 'pause' | 'resume') => {
      const { status } = await fetch(`http://127.0.0.1:${port}/v1/shares/${action}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ path: share }),
      });
      assert.equal(status, 200);
    };
    for (const [name, away, back] of [
      ['a.txt', () => alter('pause'), () => alter('resume')],
      ['d.txt', () => alice.run(['unshare', share]), () => alice.run(['share', share])],
    ] as const) {
      await away();
      await eventually(async () => /nobody who is active/.test((await mine()).reason ?? ''));
      await rm(path.join(from, name));
      await back();
      await writeFile(path.join(from, 'new.txt'), String(Math.random()));
      await eventually(async () => isDeepStrictEqual(await describeTree(to), await describeTree(from)));
    }
    await mirror.event('removed', 2);
    assert.deepEqual(
      mirror.of('removed').map((event) => path.basename(event.path)),
      ['a.txt', 'd.txt'],
      'what was deleted while the share was away',
    );
    await bob.ask(['cancel', (await mine()).id]);
  });

  it('removes nothing without --delete, and only what it brought with it', async () => {
    await mkdir(path.join(to, 'empty'), { recursive: true });
    await writeFile(path.join(to, 'own.txt'), 'own');
    await writeFile(path.join(to, 'a.txt'), 'a');
    assert.equal((await once()).code, 0);
    await rm(path.join(from, 'a.txt'));
    await rm(path.join(from, 'd.txt'));
    await rm(path.join(from, 'empty'), { recursive: true });
    await settled((names) => !names.includes('d.txt') && !names.includes('empty'));
    assert.deepEqual((await once()).removed, []);
    const { code, removed, stderr } = await once('--delete');
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      removed.map((event) => 'path' in event && event.path),
      [path.join(to, 'd.txt')],
    );
    assert.deepEqual(Object.keys(await describeTree(to)).sort(), [
      'a.txt',
      'deep',
      'deep/c.txt',
      'deep/er',
      'deep/er/b.txt',
      'empty',
      'own.txt',
    ]);
  });

  it('asks before most of it goes', async () => {
    assert.equal((await once('--delete')).code, 0);
    await rm(from, { recursive: true });
    await mkdir(from);
    await settled((names) => !names.includes('a.txt'));
    const refused = await once('--delete');
    assert.equal(refused.code, 1, JSON.stringify(refused));
    assert.match(JSON.stringify(refused.events), /4 of 4 files/);
    assert.equal(await readFile(path.join(to, 'a.txt'), 'utf8'), 'a');
    await using mirror = new BackgroundMirror(bob, [what, '--to', to, '--delete']);
    const { job, files } = await mirror.event('asks');
    assert.deepEqual((await mine()).mirror?.asks, { files: 4, of: 4 });
    mirror.child.kill('SIGKILL');
    await mirror.closed;
    assert.equal((await mine()).state, 'waiting', `${job} asks for ${files}`);
    const few = await allow(job, 3);
    assert.equal(few, 200);
    assert.equal(await readFile(path.join(to, 'a.txt'), 'utf8'), 'a', 'fewer were allowed than it asks for');
    const { code, removed } = await once('--delete', '--delete-all');
    assert.deepEqual([code, removed.length], [0, 4]);
    const said = await bob.run(['mirror', what, '--to', to, '--once', '--delete']);
    assert.equal(said.stdout, 'all is equal\n');
    assert.equal(await allow(job, 3), 409, 'it asks for nothing any more');
    await isEqual();
  });

  it('lets alone what was changed here', async () => {
    assert.equal((await once('--delete')).code, 0);
    await writeFile(path.join(to, 'a.txt'), 'my own words');
    await writeFile(path.join(to, 'd.txt'), 'mine');
    await writeFile(path.join(from, 'a.txt'), 'theirs');
    await rm(path.join(from, 'd.txt'));
    await settled((names) => !names.includes('d.txt'));
    const { code, events, removed } = await once('--delete');
    assert.equal(code, 1);
    assert.deepEqual(removed, []);
    const kept = events.flatMap((event) => (event.event === 'kept' ? path.basename(event.path) : [])).sort();
    assert.deepEqual(kept, ['a.txt', 'd.txt']);
    assert.equal(await readFile(path.join(to, 'a.txt'), 'utf8'), 'my own words');
    assert.equal(await readFile(path.join(to, 'd.txt'), 'utf8'), 'mine');
    await rm(path.join(to, 'a.txt'));
    assert.equal((await once('--delete')).code, 0);
    assert.equal(await readFile(path.join(to, 'a.txt'), 'utf8'), 'theirs');
    assert.equal(await readFile(path.join(to, 'd.txt'), 'utf8'), 'mine', 'it is the user own from then on');
  });

  it('follows no link out of its folder', async () => {
    assert.equal((await once('--delete')).code, 0);
    const outside = await network.makeFolder('outside', String(rounds));
    await rename(path.join(to, 'deep'), path.join(outside, 'deep'));
    await symlink(path.join(outside, 'deep'), path.join(to, 'deep'));
    await writeFile(path.join(from, 'deep/c.txt'), 'changed');
    await rm(path.join(from, 'deep/er'), { recursive: true });
    await settled((names) => names.includes('deep'));
    await eventually(async () => !(await namesIn(bob, `${what}deep`)).includes('er'));
    await once('--delete');
    assert.equal(await readFile(path.join(outside, 'deep/c.txt'), 'utf8'), 'c');
    assert.equal(await readFile(path.join(outside, 'deep/er/b.txt'), 'utf8'), 'b');
  });

  it('keeps time and mode, and changes them alone where nothing else changed', async () => {
    assert.equal((await once()).code, 0);
    const time = new Date(1_600_000_000_000);
    await utimes(path.join(from, 'a.txt'), time, time);
    await settled(() => true);
    await eventually(async () => {
      await once();
      return (await stat(path.join(to, 'a.txt'))).mtimeMs === time.getTime();
    });
  });

  it('refuses what it cannot mirror, and where', async () => {
    const run = async (...args: string[]) => {
      const result = await bob.run(['mirror', ...args, '--json']);
      return [result.code, errorOf(result).code];
    };
    assert.deepEqual(await run(what.slice(0, -1), '--to', to), [2, 'usage'], 'a folder has its slash');
    assert.deepEqual(await run('alice:data/none/', '--to', to), [3, 'not-found']);
    assert.deepEqual(await run(what, '--to', to, '--delete-all'), [2, 'usage']);
    assert.deepEqual(await run(what, '--to', bob.data), [1, 'conflict']);
    await mkdir(path.dirname(to), { recursive: true });
    await writeFile(`${to}.txt`, 'a file');
    assert.deepEqual(await run(what, '--to', `${to}.txt`), [1, 'conflict']);
    const { jobs } = await bob.ask<JobsAnswer>(['jobs']);
    assert.ok(
      !jobs.some(({ state, what: one }) => one === what && state !== 'done'),
      'nothing is left waiting',
    );
    assert.equal((await once()).code, 0);
    assert.deepEqual(await run('alice:data/**/*.txt', '--to', path.join(to, 'deep')), [1, 'conflict']);
    assert.equal((await bob.run(['mirror', what])).code, 2);
  });

  it('says which names stand for different files, and mirrors the others', async () => {
    await using carol = (await network.peer('carol', { shares: [await network.makeFolder('c', 'data')] }))
      .daemon;
    await makeTree(network.folder.join('c/data', `set${rounds}`), { 'a.txt': 'another', 'c.txt': 'c' });
    assert.ok(carol.isRunning);
    await eventually(async () => (await namesIn(bob, `carol:data/set${rounds}`)).includes('c.txt'));
    what = `data/set${rounds}/**`;
    const { code, events } = await once();
    assert.equal(code, 1, JSON.stringify(events));
    assert.deepEqual(
      events.flatMap((event) => (event.event === 'kept' ? [event.path, event.reason] : [])),
      [path.join(to, 'a.txt'), `"set${rounds}/a.txt" fits different files`],
    );
    assert.deepEqual(Object.keys(await describeTree(to)).sort(), [
      'c.txt',
      'd.txt',
      'deep',
      'deep/c.txt',
      'deep/er',
      'deep/er/b.txt',
    ]);
  });

  it('takes a pattern', async () => {
    what = `alice:data/set${rounds}/**/?.txt`.replace('?', '*');
    assert.equal((await once()).code, 0);
    assert.deepEqual(Object.keys(await describeTree(to)).sort(), [
      'a.txt',
      'd.txt',
      'deep',
      'deep/c.txt',
      'deep/er',
      'deep/er/b.txt',
    ]);
  });
});

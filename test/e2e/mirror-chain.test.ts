import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { MirrorEvent } from '../../src/protocol/http/local/mirror-operations.ts';
import type { Status } from '../harness/answers.ts';
import { BackgroundMirror } from '../harness/background-mirror.ts';
import { eventually } from '../harness/eventually.ts';
import { describeTree, makeFile, makeTree } from '../harness/files.ts';
import { ProcessNetwork } from '../harness/processes.ts';

describe('mirrors of mirrors', () => {
  it('pass on what changes from one to the next, and keep everything while the source is away', async () => {
    await using network = await ProcessNetwork.start();
    const from = await makeTree(network.folder.join('data/set'), {
      'a.txt': 'a',
      'b.txt': 'b',
      'c/d.txt': 'd',
    });
    const passed = await network.makeFolder('passed');
    const alice = await network.peer('alice', { shares: [path.dirname(from)] });
    const bob = await network.peer('bob', { shares: [passed] });
    const carol = await network.peer('carol');
    const first = path.join(passed, 'set');
    const second = network.folder.join('second');
    await using toBob = new BackgroundMirror(bob, ['alice:data/set/', '--to', first, '--delete']);
    await toBob.event('equal');
    await eventually(async () =>
      (await carol.find('d.txt')).results[0]?.holders.some(({ name }) => name === 'bob'),
    );
    await using toCarol = new BackgroundMirror(carol, ['bob:passed/set/', '--to', second, '--delete']);
    const isEqual = async () => {
      assert.deepEqual(await describeTree(second), await describeTree(from));
      return true;
    };
    await eventually(isEqual);
    await writeFile(path.join(from, 'a.txt'), 'changed');
    await rm(path.join(from, 'b.txt'));
    await writeFile(path.join(from, 'e.txt'), 'new');
    await alice.run(['rescan']);
    await eventually(isEqual);
    // It is told after it is gone.
    await toCarol.event('removed');
    assert.equal(toCarol.of('removed').length, 1);

    await alice.run(['leave']);
    await eventually(async () => {
      const [mirror] = (await bob.ask<Status>(['status'])).mirrors!;
      assert.match(mirror!.reason ?? '', /alice is away/);
      assert.equal(mirror!.state, 'waiting');
      return true;
    });
    await isEqual();
    const again = await carol.run([
      ...['mirror', 'alice:data/set/', '--delete', '--once'],
      '--to',
      network.folder.join('x'),
    ]);
    assert.equal(again.code, 3, 'what nobody has can be mirrored by nobody');
    assert.deepEqual(await describeTree(first), await describeTree(from));
  });

  it('of one source share the load as a swarm', async () => {
    await using network = await ProcessNetwork.start();
    const size = 12 * 2 ** 20;
    const from = await network.makeFolder('data/set');
    await makeFile(path.join(from, 'big'), size, 1);
    const seed = await network.peer('seed', { shares: [path.dirname(from)], args: ['--up-limit', '6MB/s'] });
    const others = await Promise.all(['one', 'two', 'three'].map((name) => network.peer(name)));
    const outcomes = await Promise.all(
      others.map(async (peer) => {
        const to = network.folder.join(`to-${peer.name}`);
        const { code, stdout } = await peer.run(
          ['mirror', 'seed:data/set/', '--to', to, '--once', '--json'],
          { timeout: 60_000 },
        );
        assert.equal(code, 0, stdout);
        assert.deepEqual(await describeTree(to), await describeTree(from));
        return stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as MirrorEvent);
      }),
    );
    const sources = outcomes.flat().flatMap((event) => (event.event === 'done' ? event.sources : []));
    const given = sources.filter(({ peer }) => peer === seed.id).reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(given < size * 1.5, `the seed gave ${(given / size).toFixed(2)} copies for three mirrors`);
  });
});

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { errorOf } from '../harness/answers.ts';
import { Daemon } from '../harness/daemon.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { nextProtocol, type OtherVersion } from '../harness/other-version.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';

/** What a sentence of a side of version 1 or 2 says of the two. */
const BOTH = /speaks protocol version [12] and .* speaks [12]: update the older of the two/;

describe('sides of different protocol versions refuse each other in one sentence', () => {
  let next: OtherVersion;
  let network: ProcessNetwork;
  let alice: PeerProcess;
  before(async () => {
    next = await nextProtocol();
    network = await ProcessNetwork.start();
    const share = await makeTree(network.folder.join('docs'), { 'a.txt': 'a' });
    alice = await network.peer('alice', { shares: [share] });
  });
  after(async () => {
    await network[Symbol.asyncDispose]();
    await next[Symbol.asyncDispose]();
  });

  it('a newcomer of the next version, by its own word, and an older one at a newer registry', async () => {
    const args = [
      'up',
      '--join',
      network.join,
      '--listen',
      '127.0.0.1:0',
      '--data',
      network.folder.join('new'),
    ];
    const newer = await runProgram(args, { program: next.program });
    assert.equal(newer.code, 1);
    assert.match(
      newer.stderr,
      /the registry at 127\.0\.0\.1:\d+ speaks protocol version 1 and this peerdex speaks 2/,
    );

    await using registry = await Daemon.start<{ join: string }>(
      ['registry', '--listen', '127.0.0.1:0', '--data', network.folder.join('next-registry')],
      { program: next.program },
    );
    const data = network.folder.join('old');
    const older = await runProgram([
      'up',
      '--join',
      registry.ready.join,
      '--listen',
      '127.0.0.1:0',
      '--data',
      data,
    ]);
    assert.equal(older.code, 1);
    assert.match(
      older.stderr,
      /the registry at 127\.0\.0\.1:\d+ speaks protocol version 2 and this peerdex speaks 1/,
    );
  });

  it('members, where one was updated: its registry, other members and commands each say so', async () => {
    const bob = await network.peer('bob');
    await eventually(async () => (await bob.find('a.txt')).results[0]?.holders[0]?.name === 'alice');
    await bob.daemon.kill('SIGTERM');
    const refused = await runProgram(bob.args, { program: next.program });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, BOTH, 'its registry');
    await network.registry.kill('SIGTERM');
    await using updated = await Daemon.start<{ registered: boolean }>(bob.args, { program: next.program });
    assert.equal(updated.ready.registered, false);

    const content = JSON.parse(
      (await bob.run(['find', 'a.txt', '--json'], { program: next.program })).stdout,
    );
    const { content: wanted } = content.results[0] as { content: string };
    const args = ['get', wanted, '-o', network.folder.join('got'), '--json'];
    const got = await bob.run(args, { program: next.program, timeout: 60_000 });
    assert.notEqual(got.code, 0);
    assert.match(got.stdout, BOTH, 'the one that dials');
    await eventually(() => BOTH.test(alice.daemon.stderr));
    await eventually(() => BOTH.test(updated.stderr));

    const command = await bob.run(['status', '--json']);
    assert.equal(command.code, 1);
    const error = errorOf(command);
    assert.match(
      error.message,
      /the daemon that runs is peerdex 0\.99\.0, this command is peerdex \S+, and the two/,
    );
    assert.match(error.hint!, /start it with this version/);
  });

  it('a daemon of before versions were told is one of version 1', async () => {
    const file = path.join(alice.data, 'daemon.json');
    const { default: daemon } = await import(file, { with: { type: 'json' } });
    const { version, protocol, ...before } = daemon as Record<string, unknown>;
    assert.deepEqual([typeof version, protocol], ['string', 1]);
    await writeFile(file, JSON.stringify(before));
    assert.equal((await alice.run(['status'])).code, 0);
    const newer = await alice.run(['status'], { program: next.program });
    assert.match(
      newer.stderr,
      /the daemon that runs is another version of peerdex, this command is peerdex 0\.99\.0/,
    );
  });
});

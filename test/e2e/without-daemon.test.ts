import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { hashFile, makeFile, makeTree } from '../harness/files.ts';
import { GetResult, type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';

describe('get --join without a daemon', () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;

  before(async () => {
    network = await ProcessNetwork.start();
    const root = await makeTree(network.folder.join('files'), {
      'small.txt': 'small',
      'twice/a.txt': 'a',
      'once/a.txt': 'b',
    });
    await makeFile(`${root}/large.bin`, 20_000_000);
    alice = await network.peer('alice', { shares: [root] });
  });
  after(() => network[Symbol.asyncDispose]());

  it('leaves nothing behind at the registry, however often it came', async () => {
    for (const round of ['first', 'second']) {
      const out = await network.makeFolder(round);
      const data = ['--data', network.folder.join('nobody')];
      const args = ['get', 'small.txt', '-o', `${out}/`, '--join', network.join, '--json', ...data];
      new GetResult(await runProgram(args)).succeeded();
    }
    const registry = ['--data', network.folder.join('registry')];
    const peers = await runProgram(['registry', 'peers', '--json', ...registry]);
    assert.deepEqual(
      JSON.parse(peers.stdout).peers.map(({ name }: { name: string }) => name),
      ['alice'],
    );
    const { invites } = JSON.parse((await runProgram(['registry', 'invites', '--json', ...registry])).stdout);
    const [standing] = invites as { used: number; admitted: { name: string }[] }[];
    assert.equal(standing!.used, 3);
    assert.deepEqual(
      standing!.admitted.map(({ name }) => name),
      ['alice'],
    );
  });

  it('fetches, verified, and is gone from the network after', async () => {
    const out = await network.makeFolder('out');
    const data = ['--data', network.folder.join('nobody')];
    const result = new GetResult(
      await runProgram([
        'get',
        'large.bin',
        'small.txt',
        '-o',
        `${out}/`,
        '--join',
        network.join,
        '--json',
        ...data,
      ]),
    );
    const done = result.succeeded();
    assert.equal(done.length, 2);
    assert.equal(await hashFile(`${out}/large.bin`), await hashFile(network.folder.join('files/large.bin')));
    assert.equal(await readFile(`${out}/small.txt`, 'utf8'), 'small');
    await eventually(async () => (await alice.client.peers()).peers.length === 1);
  });

  it('has the exit codes of any get', async () => {
    const data = ['--data', network.folder.join('nobody')];
    const unknown = await runProgram(['get', 'no such file', '--join', network.join, '--json', ...data]);
    assert.equal(unknown.code, 3, unknown.stderr);
    const ambiguous = await runProgram(['get', 'a.txt', '--join', network.join, '--json', ...data]);
    assert.equal(ambiguous.code, 2, ambiguous.stderr);
  });

  it('join remembers a link from standard input, up needs none then', async () => {
    const data = network.folder.join('joined');
    const joined = await runProgram(['join', '--data', data], { input: `${network.join}\n` });
    assert.equal(joined.code, 0, joined.stderr);
    const peer = await network.peer('joined', { data });
    assert.equal(peer.daemon.ready.registered, true);
    await peer.daemon.kill('SIGTERM');
    await peer.daemon.restart(['up', '--data', data, '--listen', '127.0.0.1:0', '--json']);
    assert.equal(peer.daemon.ready.registered, true);
    const half = network.join.split('&')[0]!;
    const cut = await runProgram(['join', half, '--data', network.folder.join('cut')]);
    assert.equal(cut.code, 0, cut.stderr);
    assert.match(cut.stderr, /no secret/);
    const wrong = await runProgram(['join', '--data', network.folder.join('wrong')], { input: 'nonsense\n' });
    assert.equal(wrong.code, 2, wrong.stderr);
  });
});

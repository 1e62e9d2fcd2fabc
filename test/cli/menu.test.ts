import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';
import { Terminal } from '../harness/terminal.ts';
import { skipWithout } from '../runner/system-tools.ts';

describe('menu', () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;

  before(async () => {
    network = await ProcessNetwork.start();
    const root = await makeTree(network.folder.join('rfc'), {
      '1149.txt': 'A Standard for the Transmission of IP Datagrams on Avian Carriers\n',
      '2549.txt': 'IP over Avian Carriers with Quality of Service\n',
    });
    alice = await network.peer('alice', { shares: [root] });
  });
  after(() => network[Symbol.asyncDispose]());

  const names = async () => (await alice.client.peers()).peers.map(({ name }) => name).sort();

  it('walks through the three inputs by a pipe, with a peer of its own', async () => {
    const mine = await makeTree(network.folder.join('mine'), { 'mine.txt': 'mine' });
    const data = network.folder.join('menu');
    const env = { PEERDEX_LISTEN: '127.0.0.1:0', PEERDEX_NAME: 'walker' };
    const answers = [
      '1',
      'no link',
      network.join,
      mine,
      '2',
      '1149.txt, mine.txt,2549.txt',
      '4',
      '3',
      '3',
      '0',
    ];
    const { code, stdout, stderr } = await runProgram(['menu', '--data', data], {
      env,
      input: `${answers.join('\n')}\n`,
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /not a join link/);
    assert.match(stdout, /registered as walker at 127\.0\.0\.1:\d+/);
    assert.match(stdout, /2 active peers/);
    assert.match(stdout, /rfc\/1149\.txt/);
    assert.match(stdout, /mine\.txt: this peer has it, skipped/);
    assert.match(stdout, /total time taken: .* for 2 files/);
    assert.match(stdout, /throughput: \d+ bits per second/);
    assert.match(stdout, /left the network/);
    assert.match(stdout, /no peer runs yet/, 'after leaving there is nothing to leave');
    assert.match(await readFile(`${data}/downloads/1149.txt`, 'utf8'), /Avian/);
    assert.ok(existsSync(`${data}/downloads/2549.txt`));
    await eventually(async () => (await names()).join() === 'alice');
  });

  it('uses the daemon that runs, remembers the link, ends with its input', async () => {
    const bob = await network.peer('bob');
    const menu = await runProgram(['menu', '--data', bob.data], { input: '1\n5\nquality\n9\n2\n\n' });
    assert.equal(menu.code, 0, menu.stderr);
    assert.match(menu.stdout, /registered as bob/);
    assert.match(menu.stdout, /there is no "9"/);
    assert.equal((await bob.run(['status'])).code, 0, 'the daemon goes on');
    const left = await runProgram(['menu', '--data', bob.data], { input: '3\n' });
    assert.match(left.stdout, /left the network/);
    assert.equal(await bob.daemon.ended(), 0);
    const env = { PEERDEX_LISTEN: '127.0.0.1:0' };
    const again = await runProgram(['menu', '--data', bob.data], { env, input: '1\n\n0\n' });
    assert.match(again.stdout, /registered as bob/, 'without asking for a link');
    assert.doesNotMatch(again.stdout, /Join link/);
  });

  it('has no --json', async () => {
    assert.equal((await runProgram(['menu', '--json'])).code, 2);
  });

  it('is what plain peerdex shows on a terminal', { skip: skipWithout('tmux') }, async () => {
    const carol = await network.peer('carol');
    await using terminal = Terminal.start([], { PEERDEX_DATA: carol.data });
    await terminal.shows(/Your choice:/);
    terminal.type('2');
    terminal.press('Enter');
    await terminal.shows(/rfc\/2549\.txt[\s\S]*File names/);
    terminal.type('2549.txt');
    terminal.press('Enter');
    await terminal.shows(/throughput: \d+ bits per second/);
    terminal.press('C-c');
    assert.equal(await terminal.exitCode(), 130);
    assert.equal((await carol.run(['status'])).code, 0);
  });
});

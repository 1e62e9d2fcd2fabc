import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JobsAnswer } from '../harness/answers.ts';
import { makeFile, makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { Terminal } from '../harness/terminal.ts';
import { skipWithout } from '../runner/system-tools.ts';

const MIB = 2 ** 20;

describe('on a terminal', { skip: skipWithout('tmux') }, () => {
  let network: ProcessNetwork;
  let bob: PeerProcess;

  before(async () => {
    network = await ProcessNetwork.start();
    const root = await makeTree(network.folder.join('files'), {
      'one/same.txt': 'first',
      'two/same.txt': 'second one',
    });
    await makeFile(`${root}/slow.bin`, 12 * MIB);
    await makeFile(`${root}/stopped.bin`, 12 * MIB, 2);
    await network.peer('alice', { shares: [root] });
    bob = await network.peer('bob', { args: ['--down-limit', '3MiB/s'] });
  });
  after(() => network[Symbol.asyncDispose]());

  it('get shows bar, percent, rate, time left and sources while it runs', async () => {
    await using terminal = Terminal.start(['get', 'slow.bin', '--data', bob.data]);
    const screen = await terminal.shows(/\d+ ?%/, { timeout: 15_000 });
    assert.match(screen, /slow\.bin/);
    await terminal.shows(/[MK]i?B\/s/);
    await terminal.shows(/source|alice/);
    assert.equal(await terminal.exitCode({ timeout: 30_000 }), 0);
    assert.match(terminal.screen, /12(\.\d+)? ?(MiB|MB)|12[.,]58/);
  });

  it('Ctrl-C pauses, and says how to resume', async () => {
    await using terminal = Terminal.start(['get', 'stopped.bin', '--data', bob.data]);
    await terminal.shows(/[1-9]\d* ?%/, { timeout: 15_000 });
    terminal.press('C-c');
    assert.equal(await terminal.exitCode({ timeout: 10_000 }), 130);
    assert.match(terminal.screen, /resume/);
    const { jobs } = await bob.ask<JobsAnswer>(['jobs']);
    assert.equal(jobs.find(({ what }) => what === 'stopped.bin')?.state, 'paused');
  });

  it('get asks which one is meant', async () => {
    await using terminal = Terminal.start([
      'get',
      'same.txt',
      '-o',
      network.folder.join('chosen.txt'),
      '--data',
      bob.data,
    ]);
    const screen = await terminal.shows(/one\/same\.txt[\s\S]*two\/same\.txt/, { timeout: 15_000 });
    assert.match(screen, /which|several|\?/i);
    terminal.press('Enter');
    assert.equal(await terminal.exitCode({ timeout: 15_000 }), 0);
  });
});

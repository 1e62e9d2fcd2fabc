import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import type { Status } from '../harness/answers.ts';
import { Daemon } from '../harness/daemon.ts';
import { ProcessNetwork } from '../harness/processes.ts';
import { runProgram } from '../harness/program.ts';

interface Ready {
  readonly name: string;
  readonly listen: string;
}

describe('settings of a running peer', () => {
  it('flags win over the environment, the environment over config.json', async () => {
    await using network = await ProcessNetwork.start();
    const data = network.folder.join('peer');
    await mkdir(data);
    const config = {
      name: 'from-file',
      listen: '127.0.0.1:0',
      join: network.join,
      upLimit: '1MB/s',
      downloads: 'in',
    };
    await writeFile(`${data}/config.json`, JSON.stringify(config));
    const env = { PEERDEX_DATA: data, PEERDEX_NAME: 'from-environment', PEERDEX_DOWN_LIMIT: '2MB/s' };
    await using peer = await Daemon.start<Ready>(['up', '--down-limit', '3MB/s'], { env });
    assert.equal(peer.ready.name, 'from-environment');
    assert.match(peer.ready.listen, /^127\.0\.0\.1:\d+$/);
    const limits = await runProgram(['limit', '--json'], { env });
    assert.deepEqual(JSON.parse(limits.stdout), { up: 1e6, down: 3e6 });
    const status = JSON.parse((await runProgram(['status', '--json'], { env })).stdout) as Status;
    assert.equal(status.data, data);
    assert.ok(status.shares.some(({ path }) => path === `${data}/in`));
  });

  it('a schedule counts where it holds, and gives way to what is set by hand', async () => {
    await using network = await ProcessNetwork.start();
    const data = network.folder.join('peer');
    await mkdir(data);
    const config = {
      listen: '127.0.0.1:0',
      join: network.join,
      upLimit: '9MB/s',
      upSchedule: ['00:00-24:00 2MB/s'],
      downSchedule: ['Mon-Sun 00:00-24:00 unlimited'],
      upLimitPerPeer: '500kB/s',
      downLimitPerPeer: '400kB/s',
    };
    await writeFile(`${data}/config.json`, JSON.stringify(config));
    const env = { PEERDEX_DATA: data, PEERDEX_DOWN_LIMIT: '1MB/s' };
    await using peer = await Daemon.start<Ready>(['up'], { env });
    assert.ok(peer.isRunning);
    const limits = async (...args: string[]) =>
      JSON.parse((await runProgram(['limit', '--json', ...args], { env })).stdout);
    assert.deepEqual(await limits(), { up: 2e6, down: null });
    assert.deepEqual(await limits('--down', '3MB/s'), { up: 2e6, down: 3e6 });
    const env2 = { ...env, PEERDEX_UP_SCHEDULE: 'Mon-Fri 5MB/s' };
    const refused = await runProgram(['up'], { env: env2 });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /PEERDEX_UP_SCHEDULE: not a time with a rate: "Mon-Fri 5MB\/s"/);
  });

  it('logs by level and format, on standard error', async () => {
    await using network = await ProcessNetwork.start(['--log-format', 'json']);
    await using alice = (await network.peer('alice')).daemon;
    assert.ok(alice.isRunning);
    const lines = network.registry.stderr.split('\n').filter(Boolean);
    assert.ok(lines.length >= 2);
    for (const line of lines) assert.equal(typeof JSON.parse(line).level, 'string');
    assert.ok(lines.some((line) => /registered alice/.test(line)));
    await using quiet = await Daemon.start([
      'registry',
      '--listen',
      '127.0.0.1:0',
      '--log-level',
      'error',
      '--data',
      network.folder.join('q'),
    ]);
    assert.equal(quiet.stderr, '');
  });
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { errorOf } from '../harness/answers.ts';
import { makeTree } from '../harness/files.ts';
import { type PeerProcess, ProcessNetwork } from '../harness/processes.ts';
import { PROGRAM, runProgram } from '../harness/program.ts';
import { tempFolder } from '../harness/temp-folder.ts';

const keys = (value: object) => Object.keys(value).sort();
const linesOf = (output: string) => output.split('\n').filter(Boolean);

/** As the page of the contract has them; what a daemon answers may not change without that page. */
describe('the command line contract', () => {
  let network: ProcessNetwork;
  let alice: PeerProcess;
  let bob: PeerProcess;

  before(async () => {
    network = await ProcessNetwork.start();
    const root = await makeTree(network.folder.join('files'), {
      'report.txt': 'the report',
      'one/same.txt': 'first',
      'two/same.txt': 'second',
      'evil \u202etxt.exe': 'x',
      '=SUM(A1).csv': 'y',
    });
    alice = await network.peer('alice', { shares: [root] });
    bob = await network.peer('bob');
  });
  after(() => network[Symbol.asyncDispose]());

  it('ready lines', async () => {
    assert.deepEqual(keys(network.registry.ready), ['event', 'id', 'join', 'url']);
    const { dashboard } = alice.daemon.ready;
    assert.match(dashboard!, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    assert.deepEqual(alice.daemon.ready, {
      event: 'ready',
      id: alice.id,
      name: 'alice',
      listen: `127.0.0.1:${alice.port}`,
      dashboard,
      registered: true,
    });
  });

  it('documents of the client commands', async () => {
    const shapes: [string[], string, string[]][] = [
      [['status'], '', ['data', 'index', 'jobs', 'network', 'peer', 'rates', 'shares']],
      [['peers'], 'peers', ['address', 'bytes', 'files', 'id', 'name', 'self', 'since']],
      [['ls', 'alice:files'], 'entries', ['content', 'kind', 'modified', 'name', 'size']],
      [['find', 'report'], 'results', ['content', 'holders', 'modified', 'path', 'size']],
    ];
    for (const [args, list, expected] of shapes) {
      const result = await bob.run([...args, '--json']);
      assert.equal(result.code, 0, result.stderr);
      assert.equal(linesOf(result.stdout).length, 1, 'one document in one line');
      assert.equal(result.stderr, '');
      const document = JSON.parse(result.stdout);
      const one = list === '' ? document : document[list][0];
      assert.deepEqual(keys(one), expected, args.join(' '));
    }
    const found = await bob.ask<{ results: unknown[]; total: number; more: boolean }>(['find', 'no such']);
    assert.deepEqual(found, { results: [], total: 0, more: false });
  });

  it('events of get, and nothing that is between daemon and client', async () => {
    const { stdout, code } = await bob.run(['get', 'report.txt', '--json']);
    assert.equal(code, 0);
    const events = linesOf(stdout).map((line) => JSON.parse(line));
    assert.ok(
      events.every(({ event }) => ['progress', 'done', 'failed'].includes(event)),
      stdout,
    );
    assert.deepEqual(keys(events.at(-1)), ['bytes', 'content', 'event', 'job', 'path', 'seconds', 'sources']);
    const [job] = (await bob.ask<{ jobs: object[] }>(['jobs'])).jobs;
    assert.deepEqual(keys(job!), ['bytes', 'id', 'rate', 'reason', 'size', 'sources', 'state', 'what']);
  });

  it('exit codes, one cause or several', async () => {
    assert.equal((await bob.run(['get', 'nothing', 'neither'])).code, 3);
    assert.equal((await bob.run(['get', 'same.txt'])).code, 2);
    assert.equal((await bob.run(['get', 'nothing', 'same.txt'])).code, 1);
    assert.equal((await bob.run(['get', 'nothing', 'report.txt'])).code, 3);
    assert.equal((await bob.run(['find'])).code, 2);
    assert.equal((await bob.run(['ls', 'nobody'])).code, 3);
  });

  it('an ambiguous name lists what it could mean, for people and for scripts', async () => {
    const people = await bob.run(['get', 'same.txt']);
    assert.match(people.stderr, /one\/same\.txt/);
    assert.match(people.stderr, /two\/same\.txt/);
    const [event] = linesOf((await bob.run(['get', 'same.txt', '--json'])).stdout).map((line) =>
      JSON.parse(line),
    );
    assert.equal(event.code, 'ambiguous');
    assert.equal(event.candidates.length, 2);
    for (const [i, { what }] of event.candidates.entries()) {
      const chosen = await bob.run(['get', what, '-o', network.folder.join(`chosen-${i}`)]);
      assert.equal(chosen.code, 0, chosen.stderr);
    }
  });

  it('a folder has no size for people, and 0 for scripts', async () => {
    const people = await bob.run(['ls', 'alice']);
    assert.match(people.stdout, /^files\/$/m);
    const [folder] = (await bob.ask<{ entries: { kind: string; size: number }[] }>(['ls', 'alice'])).entries;
    assert.deepEqual([folder?.kind, folder?.size], ['folder', 0]);
  });

  it('errors are one line with four members on standard error', async () => {
    const { stdout, stderr } = await bob.run(['pause', 'zzzz', '--json']);
    assert.equal(stdout, '');
    assert.equal(linesOf(stderr).length, 1);
    assert.deepEqual(keys(errorOf({ stderr })), ['candidates', 'code', 'hint', 'message']);
    assert.equal(errorOf(await bob.run(['find', 'x', '--limit', 'many', '--json'])).code, 'usage');
    assert.equal(errorOf(await runProgram(['no-such-command', '--json'])).code, 'usage');
    for (const job of ['', 'FOO!', 'a/b', 'x'.repeat(100)]) {
      for (const command of ['pause', 'resume', 'cancel']) {
        const result = await bob.run([command, job]);
        assert.equal(result.code, 3, result.stderr);
        assert.match(result.stderr, /^peerdex: there is no job ".*"\nhint: .*\n$/);
      }
    }
  });

  it('nothing that comes from others reaches the terminal as it is', async () => {
    for (const args of [
      ['find', 'exe'],
      ['ls', 'alice:files'],
      ['find', 'exe', '--json'],
      ['get', 'evil \u202etxt.exe'],
    ]) {
      const { stdout, stderr, code } = await bob.run(args);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /evil \\u\{?202e/, args.join(' '));
      assert.doesNotMatch(stdout + stderr, /\u202e/);
    }
  });

  it('csv is guarded against formulas unless raw, and -o writes all of it', async () => {
    const guarded = (await bob.run(['csv'])).stdout;
    assert.match(guarded, /^file,host,port,flag,size,modified,content,peer\r?\n/);
    const file = network.folder.join('index.csv');
    assert.equal((await bob.run(['csv', '-o', file])).code, 0);
    assert.equal((await readFile(file, 'utf8')).length, guarded.length);
    const rows = linesOf((await bob.run(['csv', '--json'])).stdout).map((line) => JSON.parse(line));
    assert.deepEqual(keys(rows[0]), ['content', 'file', 'flag', 'host', 'modified', 'peer', 'port', 'size']);
    assert.equal(rows.length, linesOf(guarded).length - 1);
    assert.equal((await bob.run(['csv', '-o', network.folder.join('no/such/folder.csv')])).code, 1);
  });

  it('limits are set, shown, and taken away', async () => {
    assert.deepEqual(await bob.ask(['limit', '--up', '20MB/s', '--down', '100Mbit/s']), {
      up: 20e6,
      down: 12.5e6,
    });
    assert.deepEqual(await bob.ask(['limit', '--up', 'unlimited']), { up: null, down: 12.5e6 });
    assert.deepEqual(await bob.ask(['limit', '--down', 'unlimited']), { up: null, down: null });
    const set = await bob.run(['limit', '--up', '1MB/s']);
    assert.match(set.stderr, /until this daemon stops.*--up-limit/);
    await bob.ask(['limit', '--up', 'unlimited']);
    assert.equal((await bob.run(['limit'])).stderr, '', 'nothing was changed');
  });

  it('share and unshare take paths from where they are typed', async () => {
    const cwd = await network.makeFolder('work');
    await writeFile(path.join(cwd, 'draft.txt'), 'draft');
    const shared = await bob.run(['share', '.', '--json'], { cwd });
    assert.deepEqual(JSON.parse(shared.stdout), { path: cwd, name: 'work', files: 1, bytes: 5 });
    const unshared = await bob.run(['unshare', '../work', '--json'], { cwd });
    assert.deepEqual(JSON.parse(unshared.stdout), { path: cwd, name: 'work' });
    assert.equal((await bob.run(['unshare', '.'], { cwd })).code, 3);
    await bob.ask(['share', cwd]);
    assert.deepEqual(
      await bob.ask(['unshare', 'work']),
      { path: cwd, name: 'work' },
      'by its name, from elsewhere',
    );
    const unknown = await bob.run(['unshare', 'work']);
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /is not shared/);
  });

  it('a reader that has enough is no failure', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'csv', '--data', bob.data], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('registry peers reads the data folder, with the registry running or not', async () => {
    const args = ['registry', 'peers', '--json', '--data', network.folder.join('registry')];
    const { peers } = JSON.parse((await runProgram(args)).stdout) as { peers: Record<string, unknown>[] };
    assert.deepEqual(peers.map(({ name, active, registrations }) => [name, active, registrations]).sort(), [
      ['alice', true, 1],
      ['bob', true, 1],
    ]);
    assert.equal((await runProgram(['registry', 'peers', '--data', network.folder.join('nothing')])).code, 3);
  });

  it('client commands find the daemon by its port too, and believe no stale file', async () => {
    await using folder = await tempFolder();
    const file = JSON.parse(await readFile(path.join(bob.data, 'daemon.json'), 'utf8'));
    assert.equal((await stat(path.join(bob.data, 'daemon.json'))).mode & 0o777, 0o600);
    await writeFile(
      folder.join('daemon.json'),
      JSON.stringify({ ...file, socket: folder.join('gone.sock') }),
    );
    assert.equal((await runProgram(['status', '--data', folder.path])).code, 0);
    await writeFile(folder.join('daemon.json'), JSON.stringify({ ...file, token: 'f'.repeat(64) }));
    assert.equal(errorOf(await runProgram(['status', '--json', '--data', folder.path])).code, 'unauthorized');
    await writeFile(folder.join('daemon.json'), JSON.stringify({ ...file, socket: undefined, port: 1 }));
    assert.equal((await runProgram(['status', '--data', folder.path])).code, 4);
    await writeFile(folder.join('daemon.json'), 'not json');
    assert.equal((await runProgram(['status', '--data', folder.path])).code, 1);
    assert.equal((await runProgram(['status', '--data', network.folder.join('registry')])).code, 4);
  });
});

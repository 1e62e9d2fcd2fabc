import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { errorOf } from '../harness/answers.ts';
import { curl } from '../harness/curl.ts';
import { Daemon } from '../harness/daemon.ts';
import { makeTree } from '../harness/files.ts';
import { freePort } from '../harness/free-port.ts';
import { type PeerProcess, ProcessNetwork, type RegistryReady } from '../harness/processes.ts';
import { type RunResult, runProgram } from '../harness/program.ts';
import { tempFolder } from '../harness/temp-folder.ts';
import { TestMember } from '../harness/test-member.ts';

/** One sentence for people: no stack, a few lines at most, and it names what it is about. */
function assertOneSentence({ stderr }: RunResult, about: RegExp): void {
  assert.match(stderr, about);
  assert.doesNotMatch(stderr, /\n\s+at |Error:|\[object/, stderr);
  assert.ok(stderr.trim().split('\n').length <= 4, `more than a sentence and a hint:\n${stderr}`);
}

const registryArgs = (data: string, port: number | string = 0) => [
  'registry',
  '--data',
  data,
  '--listen',
  `127.0.0.1:${port}`,
];

let network: ProcessNetwork;
let alice: PeerProcess;
let bob: PeerProcess;

before(async () => {
  network = await ProcessNetwork.start();
  const share = await makeTree(network.folder.join('share'), {
    'x.txt': 'x',
    'bob-data/lock.db': 'not a lock',
    'bob-data/downloads/y.txt': 'y',
  });
  alice = await network.peer('alice', { shares: [share] });
  bob = await network.peer('bob');
});
after(() => network[Symbol.asyncDispose]());

describe('data folders', () => {
  it('take one daemon each; a second is an error, a lock left by SIGKILL is none', async () => {
    const second = await runProgram(['up', '--data', alice.data, '--listen', '127.0.0.1:0']);
    assert.equal(second.code, 1, second.stderr);
    assertOneSentence(second, /already|another|runs/);
    const secondRegistry = await runProgram(registryArgs(network.folder.join('registry')));
    assert.equal(secondRegistry.code, 1, secondRegistry.stderr);
    assertOneSentence(secondRegistry, /already|another|runs/);
    assert.equal((await alice.run(['status'])).code, 0, 'the first is unharmed');
    await alice.daemon.kill('SIGKILL');
    await alice.daemon.restart();
    assert.equal((await alice.run(['status'])).code, 0);
    await network.registry.kill('SIGKILL');
    await network.registry.restart();
  });

  it('keep keys to their owner', async () => {
    for (const folder of [alice.data, network.folder.join('registry')]) {
      const keys = (await readdir(folder)).filter((name) => /key/i.test(name));
      assert.ok(keys.length > 0, `a key in ${folder}`);
      for (const key of keys) assert.equal((await stat(path.join(folder, key))).mode & 0o077, 0, key);
    }
  });
});

describe('a download never writes into the data folder', () => {
  it('by -o, with --overwrite, or as a tree that is named like it', async () => {
    for (const args of [
      ['x.txt', '-o', path.join(bob.data, 'lock.db'), '--overwrite'],
      ['x.txt', '-o', path.join(bob.data, 'new', '/')],
      ['x.txt', '-o', path.join(network.folder.join('registry'), 'lock.db'), '--overwrite'],
      ['alice:share/bob-data/', '-o', path.dirname(bob.data), '--overwrite'],
    ]) {
      const result = await bob.get(args);
      assert.equal(result.code, 1, args.join(' '));
      assert.equal(result.failed[0]?.code, 'conflict');
    }
    (await bob.get(['alice:share/bob-data/downloads/', '-o', bob.data])).one();
    const second = await runProgram(['up', '--data', bob.data, '--listen', '127.0.0.1:0']);
    assert.equal(second.code, 1, second.stderr);
    assertOneSentence(second, /already runs/);
  });
});

describe('a data folder is never shared', () => {
  it('by up, by share, or below another share, and the lock holds', async () => {
    const registry = network.folder.join('registry');
    const bare = network.folder.join('bare');
    const up = ['up', bare, '--join', network.join, '--data', bare, '--listen', '127.0.0.1:0'];
    await mkdir(bare);
    const refused = await runProgram(up);
    assert.equal(refused.code, 1, refused.stderr);
    assertOneSentence(refused, /data folder of peerdex/);
    for (const folder of [alice.data, path.join(alice.data, 'partials'), registry]) {
      await mkdir(folder, { recursive: true });
      const result = await alice.run(['share', folder]);
      assert.equal(result.code, 1, result.stderr);
      assertOneSentence(result, /data folder of peerdex/);
    }
    const share = network.folder.join('share');
    await alice.ask(['unshare', share]);
    await rm(share, { recursive: true });
    // Everything that the tests made, data folders and all.
    assert.equal((await alice.run(['share', network.folder.path])).code, 0);
    const { stdout } = await alice.run(['csv']);
    // What was in the tree that is gone is listed as deleted, and was named like a data folder's own.
    const listed = stdout.split('\n').filter((line) => !line.startsWith('share/'));
    assert.doesNotMatch(listed.join('\n'), /\.pem|\.db|join-link|daemon\.json/);
    const member = await TestMember.join(network.join);
    const header = `Authorization: ${await member.authorization(alice.id, alice.port)}`;
    for (const name of ['peer-key.pem', 'join-link', 'daemon.json']) {
      const url = `https://127.0.0.1:${alice.port}/v1/files/${path.basename(network.folder.path)}/alice-data/${name}`;
      const { status } = await curl('-k', '-H', header, url);
      assert.equal(status, 404, name);
    }
    const second = await runProgram(['up', '--data', alice.data, '--listen', '127.0.0.1:0']);
    assert.equal(second.code, 1, second.stderr);
    assert.equal((await alice.run(['status'])).code, 0);
  });
});

describe('what cannot start says so in one sentence', () => {
  it('a port that is in use', async () => {
    await using folder = await tempFolder();
    await using server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const registry = await runProgram(registryArgs(folder.join('registry'), port));
    assert.equal(registry.code, 1, registry.stderr);
    assertOneSentence(registry, new RegExp(`${port}.*(in use|taken)`));
    await using running = await Daemon.start<RegistryReady>(registryArgs(folder.join('other')));
    const peer = await runProgram([
      'up',
      '--join',
      running.ready.join,
      '--data',
      folder.join('peer'),
      '--listen',
      `127.0.0.1:${port}`,
    ]);
    assert.equal(peer.code, 1, peer.stderr);
    assertOneSentence(peer, new RegExp(`${port}.*(in use|taken)`));
  });

  it('bad flags, values and links are exit 2', async () => {
    await using folder = await tempFolder();
    const data = ['--data', folder.join('data')];
    const wrong: [string[], RegExp][] = [
      [['registry', '--no-such-flag'], /no-such-flag/],
      [['registry', '--listen', '127.0.0.1:70000', ...data], /70000/],
      [['registry', '--listen', 'a b c', ...data], /a b c/],
      [['registry', '--lease', 'soon', ...data], /soon/],
      [['up', '--join', 'http://example.org', ...data], /link/],
      [['up', '--scan-interval', '-5', ...data], /-5|scan-interval/],
      [['up', '--up-limit', 'fast', ...data], /fast/],
      [['nonsense'], /nonsense/],
      [['find'], /argument|word/i],
      [['get'], /argument|what/i],
    ];
    const results = await Promise.all(wrong.map(([args]) => runProgram(args)));
    for (const [i, result] of results.entries()) {
      const [args, about] = wrong[i]!;
      assert.equal(result.code, 2, `${args.join(' ')}: exit ${result.code}\n${result.stderr}`);
      assertOneSentence(result, about);
    }
    const json = await runProgram(['up', '--join', 'nonsense', '--json', ...data]);
    assert.equal(errorOf(json).code, 'usage');
  });

  it('a data folder that cannot be one', async () => {
    await using folder = await tempFolder();
    await writeFile(folder.join('a file'), '');
    const result = await runProgram(registryArgs(folder.join('a file', 'data')));
    assert.equal(result.code, 1, result.stderr);
    assertOneSentence(result, /a file/);
    const unwritable = await runProgram(registryArgs('/proc/peerdex'), { timeout: 5000 });
    assert.equal(unwritable.code, 1, unwritable.stderr);
    assertOneSentence(unwritable, /\/proc\/peerdex cannot be made: \/proc takes no folders/);
  });

  it('a downloads folder or a CSV file that cannot be one', async () => {
    await writeFile(network.folder.join('a file'), '');
    const up = ['up', '--join', network.join, '--data', network.folder.join('p'), '--listen', '127.0.0.1:0'];
    for (const [flag, place] of [
      ['--downloads', network.folder.join('a file')],
      ['--downloads', '/proc/peerdex'],
      ['--downloads', network.folder.join('p')],
      ['--csv', '/nonexistent/a.csv'],
      ['--csv', network.folder.path],
    ] as const) {
      const result = await runProgram([...up, flag, place], { timeout: 15_000 });
      assert.equal(result.code, 1, result.stderr);
      assertOneSentence(result, new RegExp(place.replaceAll('.', '\\.')));
      assert.doesNotMatch(result.stderr, /E[A-Z]{4,}/);
    }
  });

  it('a folder to share that is not there', async () => {
    const missing = network.folder.join('no such folder');
    const result = await runProgram(
      ['up', missing, '--join', network.join, '--data', network.folder.join('p'), '--listen', '127.0.0.1:0'],
      { timeout: 15_000 },
    );
    assert.notEqual(result.code, 0);
    assertOneSentence(result, /no such folder/);
    await mkdir(missing);
  });

  it('any port from 1 to 65535 is taken as given', async () => {
    await using folder = await tempFolder();
    const port = await freePort();
    await using registry = await Daemon.start<RegistryReady>(registryArgs(folder.join('r'), port));
    assert.ok(registry.ready.join.includes(`127.0.0.1:${port}/`), registry.ready.join);
    assert.equal(registry.ready.url, `https://127.0.0.1:${port}`);
    const answer = await curl('-k', `${registry.ready.url}/openapi.json`);
    const document = JSON.parse(answer.body.toString()) as {
      openapi: string;
      paths: Record<string, unknown>;
    };
    assert.match(document.openapi, /^3\./);
    assert.ok(Object.keys(document.paths).length >= 5, Object.keys(document.paths).join());
  });

  it('--help has an example and --version the version', async () => {
    const { version } = JSON.parse(
      await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as { version: string };
    assert.equal((await runProgram(['--version'])).stdout.trim(), version);
    const commands = [
      'start',
      'registry',
      'up',
      'join',
      'leave',
      'status',
      'peers',
      'ls',
      'find',
      'get',
      'share',
      'unshare',
      'rescan',
      'limit',
      'jobs',
      'pause',
      'resume',
      'cancel',
      'csv',
      'menu',
    ];
    const helps = await Promise.all(commands.map((command) => runProgram([command, '--help'])));
    for (const [i, { code, stdout }] of helps.entries()) {
      assert.equal(code, 0, commands[i]!);
      assert.match(stdout, /example/i, commands[i]!);
      assert.ok(stdout.includes(`peerdex ${commands[i]}`), commands[i]!);
    }
  });
});

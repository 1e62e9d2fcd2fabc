import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { runProgram } from '../harness/program.ts';
import { tempFolder } from '../harness/temp-folder.ts';

describe('usage', () => {
  it('plain peerdex prints its help where nobody can answer a menu', async () => {
    const { code, stdout, stderr } = await runProgram([]);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^Usage: peerdex/);
  });

  it('help comes by flag and by command', async () => {
    const [flag, command] = await Promise.all([runProgram(['get', '--help']), runProgram(['help', 'get'])]);
    assert.equal(flag.code, 0);
    assert.equal(flag.stdout, command.stdout);
    assert.match(flag.stdout, /--overwrite/);
    assert.match(
      (await runProgram(['find', '--help'])).stdout,
      /names\s+of\s+folders\s+are\s+not\s+searched/,
    );
    assert.match((await runProgram(['limit', '--help'])).stdout, /until\s+the\s+daemon\s+stops/);
  });

  it('what is misspelt is guessed', async () => {
    const cases: [string[], RegExp][] = [
      [['fnid', 'x'], /'fnid'[\s\S]*did you mean find\?/],
      [['find', '--limt', '3', 'x'], /'--limt'[\s\S]*did you mean --limit\?/],
      [['registry', '--lisen', ':1'], /'--lisen'[\s\S]*did you mean --listen\?/],
      [['search', 'x'], /'search'[\s\S]*did you mean find\?/],
      [['invite'], /'invite'[\s\S]*did you mean registry invite\?/],
      [['find'], /'words'[\s\S]*`peerdex find --help` shows how/],
      [['registry', 'revoke'], /'peer'[\s\S]*`peerdex registry revoke --help` shows how/],
      [['abcdefgh'], /'abcdefgh'[\s\S]*`peerdex --help` lists the commands/],
    ];
    for (const [args, about] of cases) {
      const { code, stderr } = await runProgram(args);
      assert.equal(code, 2);
      assert.match(stderr, about);
    }
  });

  it('a command with others below it names them where none is called so', async () => {
    const { code, stderr } = await runProgram(['registry', 'frobnicate']);
    assert.equal(code, 2);
    assert.match(stderr, /`peerdex registry` has no command "frobnicate"/);
    for (const name of ['peers', 'invite', 'invites', 'revoke', 'backup', 'restore'])
      assert.match(stderr, new RegExp(`^ {2}peerdex registry ${name} {3}`, 'm'));
    assert.equal((await runProgram(['registry', 'peers', 'x'])).code, 2);
  });

  it('a name that looks like a flag has a way in, where names are taken', async () => {
    const { code, stderr } = await runProgram(['find', '-dash']);
    assert.equal(code, 2);
    assert.match(stderr, /`peerdex find -- -dash`/);
    assert.doesNotMatch((await runProgram(['status', '-dash'])).stderr, /behind --/);
  });

  it('an answer that cannot be written is told, one that nobody reads any more is not', async () => {
    for (const args of [['--help'], ['completion', 'bash'], ['completion', 'bash', '--json']]) {
      const full = await runProgram(args, { within: ['sh', '-c', '"$@" > /dev/full', 'sh'] });
      assert.equal(full.code, 1);
      assert.match(full.stderr, /cannot write to standard output: no space left on device/);
      const closed = await runProgram(args, {
        within: ['bash', '-c', '"$@" | true; exit $PIPESTATUS', 'bash'],
      });
      assert.equal(closed.code, 0);
      assert.equal(closed.stderr, '');
    }
    const untold = await runProgram(['nonsense'], { within: ['sh', '-c', '"$@" 2> /dev/full', 'sh'] });
    assert.equal(untold.code, 2);
  });

  it('what does not read is told with its flag', async () => {
    const { code, stderr } = await runProgram(['find', 'x', '--newer', 'yesterday']);
    assert.equal(code, 2);
    assert.match(stderr, /--newer: not a time: "yesterday"\nhint: .*2024-01-31/);
  });

  it('what does not exist yet is unknown', async () => {
    for (const args of [
      ['registry', 'migrate'],
      ['registry', '--store', 'redis://x'],
    ])
      assert.equal((await runProgram(args)).code, 2, args.join(' '));
  });

  it('an empty argument is none, not the current folder', async () => {
    await using folder = await tempFolder();
    for (const args of [
      ['share', ''],
      ['unshare', ''],
      ['up', ''],
      ['start', ''],
      ['get', ''],
      ['get', 'x', ''],
      ['verify', ''],
      ['link', ''],
      ['registry', 'restore', ''],
      ['registry', 'backup', '-o', ''],
    ]) {
      const { code, stderr } = await runProgram([...args, '--data', folder.path], { timeout: 10_000 });
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, /^peerdex: an empty argument where .* is wanted\n$/);
    }
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('a path that no system takes is told in words', async () => {
    const { code, stderr } = await runProgram(['share', 'x'.repeat(5000)]);
    assert.equal(code, 2);
    assert.equal(stderr, 'peerdex: a path of more than 4096 characters\n');
  });

  it('flags may stand before the command, and -- ends them', async () => {
    const before = await runProgram(['--json', '--data', '/nonexistent/peerdex', 'status']);
    assert.equal(before.code, 4);
    assert.match(before.stderr, /^\{"error":.*\/nonexistent\/peerdex/);
    const after = await runProgram(['get', '--data', '/nonexistent/peerdex', '--', '--json']);
    assert.equal(after.code, 4);
    assert.match(after.stderr, /^peerdex: /);
  });
});

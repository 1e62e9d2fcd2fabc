import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import type { FindAnswer } from '../harness/answers.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { GetResult } from '../harness/processes.ts';
import { runProgram, spawnProgram } from '../harness/program.ts';
import { tempFolder } from '../harness/temp-folder.ts';

/** Starts `peerdex start` in a home of its own and waits until it has told what to type. */
async function startIn(home: string, ...args: string[]) {
  const env = { HOME: home, XDG_DATA_HOME: `${home}/share`, XDG_CACHE_HOME: `${home}/cache` };
  const child = spawnProgram(['start', ...args], { env });
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  await eventually(() => {
    assert.equal(child.exitCode, null, said);
    return /peerdex find/.test(said) && /peerdex:\/\//.test(said);
  });
  return {
    env,
    text: () => said,
    stop: async (signal: NodeJS.Signals = 'SIGINT') => {
      if (child.exitCode !== null) return child.exitCode;
      const gone = once(child, 'exit');
      child.kill(signal);
      const [code] = await gone;
      return code as number | null;
    },
  };
}

describe('peerdex start', () => {
  it('alone makes samples, and other commands need no flags', async () => {
    await using home = await tempFolder();
    const start = await startIn(home.path);
    try {
      assert.doesNotMatch(start.text(), /plaintext/i, 'what is encrypted needs no warning');
      const found = await runProgram(['find', 'sample', '--json'], { env: start.env });
      const { results } = JSON.parse(found.stdout) as FindAnswer;
      assert.equal(results.length, 3, found.stdout);
      assert.ok(
        results.some(({ size }) => size === 50_000_000 || size === 50 * 2 ** 20),
        'one of 50 MB',
      );
      const join = /peerdex:\/\/[^\s']+mode=tls[^\s']*/.exec(start.text())![0];
      const second = ['--join', join, '--json', '--data', home.join('second')];
      const smallest = results.reduce((a, b) => (a.size < b.size ? a : b));
      const got = new GetResult(
        await runProgram(['get', smallest.content, '-o', home.join('got'), ...second]),
      );
      assert.equal(got.one().path, home.join('got'));
    } finally {
      assert.equal(await start.stop(), 0, start.text());
    }
    const again = await startIn(home.path);
    const found = await runProgram(['find', 'sample', '--json'], { env: again.env });
    assert.equal((JSON.parse(found.stdout) as FindAnswer).total, 3, 'made once');
    assert.equal(await again.stop('SIGTERM'), 0);
  });

  it('shares the folder that is named, and takes free ports where others are in use, and says so', async () => {
    await using home = await tempFolder();
    const music = await makeTree(home.join('Music'), { 'song.ogg': 'la la la' });
    // Whoever has the default port already may keep it.
    const server = createServer().listen(23475);
    await Promise.race([once(server, 'listening'), once(server, 'error')]).catch(() => {});
    const start = await startIn(home.path, music);
    try {
      assert.match(start.text(), /23475.*in use|in use.*23475/s);
      const out = home.join('here.ogg');
      const got = await runProgram(['get', 'song.ogg', '-o', out], { env: start.env });
      assert.equal(got.code, 0, got.stderr);
      assert.equal(await readFile(out, 'utf8'), 'la la la');
      const samples = await runProgram(['find', 'sample', '--json'], { env: start.env });
      assert.equal((JSON.parse(samples.stdout) as FindAnswer).total, 0);
    } finally {
      server.close();
      assert.equal(await start.stop(), 0);
    }
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { textWidth } from '../../src/cli/output/width.ts';
import { Cluster, type ClusterPeer } from '../harness/cluster.ts';
import { eventually } from '../harness/eventually.ts';
import { makeTree } from '../harness/files.ts';
import { Terminal } from '../harness/terminal.ts';
import { skipWithout } from '../runner/system-tools.ts';
import { programInPath } from './program.ts';

const LONG = 'a report with a very long name about everything that happened in the year 2026 and before.txt';
const WIDE = '二〇二六年の報告書と写真の長い名前のファイルです report 🎉👨‍👩‍👧.txt';
const FILES = 90;

describe('what fits a terminal', { skip: skipWithout('tmux') }, () => {
  let cluster: Cluster;
  let seed: ClusterPeer;
  let peer: ClusterPeer;
  let env: Record<string, string>;

  before(async () => {
    cluster = await Cluster.start();
    const share = await makeTree(cluster.folder.join('documents-of-the-whole-department'), {
      [`reports/of all years/${LONG}`]: 'a',
      [`報告書/${WIDE}`]: 'b',
      'short report.txt': 'c',
    });
    const many = await makeTree(
      cluster.folder.join('many'),
      Object.fromEntries(Array.from({ length: FILES }, (_, i) => [`file-${i}.bin`, `${i}-`.repeat(10_000)])),
    );
    seed = await cluster.peer('seed-of-a-department', { shares: [share, many] });
    peer = await cluster.peer('peer', { downLimit: 2 * 2 ** 20 });
    env = { PATH: await programInPath(cluster.folder.join('bin')), PEERDEX_DATA: peer.data, HOME: '/root' };
    await eventually(
      async () => (await peer.client.find({ query: { words: 'report', limit: 9 } })).total === 3,
    );
  });
  after(() => cluster[Symbol.asyncDispose]());

  const run = (script: string, columns: number, more: Record<string, string> = {}) =>
    Terminal.command(['sh', '-c', script], { env: { ...env, ...more }, columns });

  for (const columns of [60, 80, 120]) {
    it(`find, status, peers and ls in ${columns} columns: no line is too long`, async () => {
      await using terminal = run(
        `peerdex find report && peerdex status && peerdex peers && peerdex ls '${seed.name}:documents-of-the-whole-department/報告書' && peerdex jobs`,
        columns,
      );
      assert.equal(await terminal.exitCode(), 0, terminal.screen);
      const { rows, screen } = terminal;
      assert.equal(screen.trimEnd().split('\n').length, rows.length, `a line was wrapped:\n${screen}`);
      for (const row of rows) assert.ok(textWidth(row) <= columns, row);
      assert.match(screen, /short report\.txt +1 B/);
      assert.match(screen, /NAME +SIZE/);
      assert.match(screen, /…[^\n]*and before\.txt +1 B/, 'of a long name its end is shown');
      assert.match(screen, /…[^\n]*report 🎉👨‍👩‍👧\.txt +1 B/);
      assert.match(screen, new RegExp(`${peer.id.slice(0, 8)}`));
      assert.equal(screen.includes(seed.id), columns >= 120, 'ids are whole where there is room');
      const starts = rows
        .filter((row) => / 1 B /.test(row))
        .map((row) => textWidth(row.slice(0, row.indexOf(' 1 B '))));
      assert.equal(new Set(starts.slice(0, 3)).size, 1, `sizes stand below each other:\n${screen}`);
    });
  }

  it('find marks what matched, in colour on a terminal unless NO_COLOR is set', async () => {
    await using terminal = run('peerdex find SHORT', 100);
    assert.equal(await terminal.exitCode(), 0);
    assert.ok(terminal.colours.includes('/\x1b[1m\x1b[32mshort\x1b[0m'), terminal.colours);
    await using plain = run('peerdex find SHORT', 80, { NO_COLOR: '1' });
    assert.equal(await plain.exitCode(), 0);
    assert.ok(!plain.colours.includes('\x1b'));
  });

  it('get of many files: one line of progress, then one of summary', async () => {
    await using terminal = run(`peerdex get '${seed.name}:many/'`, 80);
    const seen = new Set<string>();
    let places = new Set<number>();
    await eventually(() => {
      const { rows } = terminal;
      const lines = rows.filter((row) => /\d %\s*\[/.test(row));
      assert.ok(lines.length <= 1, `one line, not:\n${rows.join('\n')}`);
      const [line] = lines;
      if (line !== undefined) {
        seen.add(line);
        assert.equal(
          line,
          rows.find((row) => row !== ''),
          'nothing scrolls',
        );
        const place = /\d\/90 files/.exec(line)?.index;
        if (place !== undefined) places = places.add(place);
      }
      return /exit code/.test(terminal.screen);
    });
    assert.ok(seen.size >= 2, `it moved: ${[...seen].join('\n')}`);
    assert.equal(places.size, 1, `fields stay in their places:\n${[...seen].join('\n')}`);
    const { screen } = terminal;
    assert.match(screen, /^90 files in \/.*\/many: [\d.]+ MB in [\d.]+ s, .*, from seed-of.* MB$/m);
    assert.doesNotMatch(screen, /%/, 'no progress is left over');
    assert.match(screen, /exit code 0/);
  });
});

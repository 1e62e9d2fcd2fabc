import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { skipWithout } from '../runner/system-tools.ts';
import { type Block, blocksOf, documents } from './documents.ts';
import { NOT_RUN } from './not-run.ts';
import { withValues } from './placeholders.ts';
import { type RunningLine, runLine } from './run-line.ts';
import { Setting } from './setting.ts';

/** install.md is about other machines: the tests in test/package/ and test/packages/ do what it says. */
const DOCUMENTS = documents('README.md', 'docs/*.md').filter((document) => document !== 'docs/install.md');

describe('command lines of the documents', { skip: skipWithout('bash') || skipWithout('curl') }, () => {
  let setting: Setting;
  let cwd: string;
  let blocks = 0;
  /** Each line is run once, however many documents have it. */
  const done = new Set<string>();

  before(async () => {
    setting = await Setting.start();
    cwd = setting.cluster.folder.join('work');
    await mkdir(cwd);
  });
  after(() => setting?.[Symbol.asyncDispose]());

  for (const document of DOCUMENTS) {
    const found = blocksOf(document);
    if (found.length === 0) continue;
    it(`${document} does what it says`, async () => {
      const failures: string[] = [];
      for (const block of found) failures.push(...(await runBlock(block)));
      assert.deepEqual(failures, []);
    });
  }

  /** Gives what went wrong. Each block has default data folders of its own. */
  async function runBlock({ lines }: Block): Promise<string[]> {
    const failures: string[] = [];
    const daemons: RunningLine[] = [];
    blocks += 1;
    const dataHome = setting.cluster.folder.join('data-home', String(blocks));
    for (const { text, where } of lines.filter((line) => !isLeftOut(line.text))) {
      try {
        const line = await withValues(text, setting);
        if (done.has(withoutComment(line))) continue;
        done.add(withoutComment(line));
        await runLine(line, setting, { cwd, dataHome, keep: (daemon) => daemons.push(daemon) });
      } catch (error) {
        failures.push(`${where}: ${text}\n${(error as Error).message}`);
      }
    }
    for (const daemon of daemons.toReversed()) {
      const code = await daemon.stop();
      if (code !== 0) failures.push(`${daemon.line}: exit ${code} at Ctrl-C`);
    }
    return failures;
  }

  it('what is not run is named with a reason, and is there', () => {
    const all = DOCUMENTS.flatMap(blocksOf).flatMap(({ lines }) => lines);
    for (const [line, reason] of NOT_RUN) {
      assert.ok(reason.length > 0);
      assert.ok(
        all.some(({ text }) => line.test(text)),
        `no document has a line like ${line}`,
      );
    }
  });
});

const withoutComment = (line: string): string => line.replace(/\s+#.*$/, '');
const isLeftOut = (text: string): boolean => NOT_RUN.some(([line]) => line.test(text));
